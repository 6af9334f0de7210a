using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds verify: by a gateway, or a bundle without a network.</summary>
internal static class VerifyCommand
{
    /// <summary>How many credentials a gateway is asked about at a time.</summary>
    private const int MaxAtOnce = 8;

    public static Command Create()
    {
        var inputs = InputsArgument();
        var trust = new Option<FileInfo?>("--trust")
        {
            Description = "The trust file that bundles are verified with, without a network; see `microcreds trust`.",
            HelpName = "file",
        };
        var maxAge = AgeOption.Create();
        var loopback = new Option<bool>("--allow-loopback")
        {
            Description = "Addresses of this machine may be fetched, also over plain http.",
        };
        var json = JsonOption.Create();
        var (wallet, proofs) = (new WalletOptions(), new ProofOptions());
        var access = new GatewayAccess();
        var command = new Command(
            "verify",
            "Verifies credentials at a gateway, and offline bundles without one: with --trust, or where no gateway is "
            + "named, nothing is asked. Only a text from paper needs the ledger's records: with --trust, any member's "
            + "gateway that is named hands them out, and they count as far as the trust file bears them out.")
        {
            inputs, trust, maxAge, loopback, json,
        };
        wallet.AddTo(command);
        proofs.AddTo(command);
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new BundleVerificationOptions
            {
                Trust = ReadTrust(parsed.GetValue(trust)),
                MaxAge = parsed.GetValue(maxAge),
                Request = wallet.Find(parsed),
            };
            if (await proofs.TryVerifyAsync(
                parsed, parsed.GetValue(inputs)!, options.MaxAge, parsed.GetValue(json), cancellationToken) is { } code)
                return code;
            bool isOffline = options.Trust is not null || access.Find(parsed) is null;
            using var gateway = isOffline ? null : access.OpenForAnyone(parsed);
            using var records = isOffline && access.Find(parsed) is not null ? access.OpenForAnyone(parsed) : null;
            var names = InputReader.List(parsed.GetValue(inputs)!);
            var reader = new InputReader(new FetchOptions { AllowLoopback = parsed.GetValue(loopback) });
            var outcomes = new Outcome?[names.Count];
            var verifier = new BundleVerifier(TimeProvider.System, options);
            try
            {
                await ForEachAsync(
                    names.Count,
                    async (i, cancellation) =>
                    {
                        var input = await reader.ReadAsync(names[i], cancellation);
                        outcomes[i] = input switch
                        {
                            { Bytes: null } => Outcome.OfFault(input.Name, input.Fault!, ExitCodes.NoInput),
                            { Bytes: var text } when gateway is null && CompactText.Is(text) =>
                                await VerifyCompactAsync(input.Name, text, records, verifier, cancellation),
                            _ => await VerifyAsync(input, gateway, verifier, options.Request, cancellation),
                        };
                    },
                    cancellationToken);
            }
            finally
            {
                // What was found is said also where the gateway went away, or somebody broke it off.
                foreach (var outcome in outcomes.OfType<Outcome>()) outcome.Write(parsed.GetValue(json));
            }

            return Outcome.ExitCodeOf([.. outcomes.OfType<Outcome>()]);
        });
        return command;
    }

    private static Argument<string[]> InputsArgument() => new("inputs")
    {
        Description = "Files, patterns, folders, https addresses, or - for standard input: credentials in any form, or "
            + "offline bundles. A text from paper, MC2:…, may stand here itself, in quotation marks.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static Task ForEachAsync(
        int count, Func<int, CancellationToken, Task> verify, CancellationToken cancellationToken) =>
        ProgressBar.RunAsync("Verifying", count, async report =>
        {
            int done = 0;
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = MaxAtOnce,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForAsync(0, count, parallel, async (i, cancellation) =>
            {
                await verify(i, cancellation);
                report(Interlocked.Increment(ref done));
            });
        });

    private static LedgerTrust? ReadTrust(FileInfo? file)
    {
        if (file is null) return null;
        if (!file.Exists)
            throw new CommandException(ExitCodes.NoInput, $"--trust: there is no file {file.FullName}.");
        try
        {
            return LedgerTrust.Read(File.ReadAllBytes(file.FullName));
        }
        catch (StrictJsonException e)
        {
            throw new CommandException(ExitCodes.BadData, $"--trust {file.FullName}: {e.Message}");
        }
    }

    private static async Task<Outcome> VerifyAsync(
        Input input, HttpClient? gateway, BundleVerifier verifier, PresentationRequest? request,
        CancellationToken cancellationToken)
    {
        var (name, document) = (input.Name, input.Bytes!);
        if (document.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
            return Outcome.OfFault(name, "It is empty.", ExitCodes.BadData);
        if (gateway is not null) return await AskAsync(name, document, gateway, request, cancellationToken);
        return IsBundle(document)
            ? new Outcome(name, JsonSerializer.SerializeToNode(
                await verifier.VerifyAsync(document, cancellationToken), LedgerJson.Options)!)
            : Outcome.OfFault(
                name,
                "It is no offline bundle, and only the ledger knows whether a credential stands: name a gateway with "
                + $"--gateway or {GatewayAccess.GatewayVariable}, or make a bundle of it with `microcreds bundle`.",
                ExitCodes.Indeterminate);
    }

    /// <summary>Verifies a text from paper by records that any gateway hands out, and proves.</summary>
    private static async Task<Outcome> VerifyCompactAsync(
        string name, byte[] text, HttpClient? records, BundleVerifier verifier, CancellationToken cancellationToken)
    {
        if (records is null)
        {
            return Outcome.OfFault(
                name,
                "It is a credential's compact form, and most of what it says stands on the ledger, of which a trust "
                + "file has nothing: name any member's gateway with --gateway, also beside --trust, or verify a bundle "
                + "that `microcreds bundle` made of it.",
                ExitCodes.Indeterminate);
        }

        using var content = new ByteArrayContent(text);
        using var answer = await records.PostAsync("v1/bundles", content, cancellationToken);
        byte[] bundle = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            bool isFault = answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound;
            return Outcome.OfFault(
                name, GatewayAccess.DetailOf(Encoding.UTF8.GetString(bundle)),
                isFault ? ExitCodes.BadData : ExitCodes.Unavailable);
        }

        // The records may be of another credential, or another one's text may have been put in.
        return IsBundleOf(bundle, text)
            ? new Outcome(name, JsonSerializer.SerializeToNode(
                await verifier.VerifyAsync(bundle, cancellationToken), LedgerJson.Options)!)
            : throw NoVerdict(records, answer);
    }

    private static bool IsBundleOf(byte[] bundle, byte[] text)
    {
        try
        {
            using var json = StrictJson.Parse(bundle);
            return BundledCredential.Find(json.RootElement) is { } inside
                && inside.AsSpan().Trim(" \t\r\n"u8).SequenceEqual(text.AsSpan().Trim(" \t\r\n"u8));
        }
        catch (StrictJsonException)
        {
            return false;
        }
    }

    private static bool IsBundle(byte[] document)
    {
        try
        {
            using var json = StrictJson.Parse(document);
            return BundledCredential.Find(json.RootElement) is not null;
        }
        catch (StrictJsonException)
        {
            return false;
        }
    }

    private static CommandException NoVerdict(HttpClient gateway, HttpResponseMessage answer) => new(
        ExitCodes.Unavailable,
        $"{gateway.BaseAddress} answered {(int)answer.StatusCode}, and no verdict: is it a gateway?");

    private static async Task<Outcome> AskAsync(
        string name, byte[] document, HttpClient gateway, PresentationRequest? request,
        CancellationToken cancellationToken)
    {
        string query = request is null
            ? ""
            : $"?audience={Uri.EscapeDataString(request.Audience)}&nonce={Uri.EscapeDataString(request.Nonce)}";
        using var content = new ByteArrayContent(document);
        using var answer = await gateway.PostAsync("v1/verifications" + query, content, cancellationToken);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        string said = Encoding.UTF8.GetString(bytes);
        try
        {
            // 503 comes with a verdict where the ledger could not be asked.
            using var whole = StrictJson.Parse(bytes, GatewayAccess.MaxAnswerDepth);
            if (JsonNode.Parse(bytes) is JsonObject verdict && verdict["verdict"] is not null)
                return new Outcome(name, verdict);
        }
        catch (StrictJsonException)
        {
            throw NoVerdict(gateway, answer);
        }

        // One file that it does not take must not keep the others from their verdicts.
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
            return Outcome.OfFault(name, GatewayAccess.DetailOf(said), ExitCodes.BadData);
        await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        throw NoVerdict(gateway, answer);
    }
}
