using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds revoke, suspend, reinstate, status.</summary>
internal static class StatusCommands
{
    public static Command CreateRevoke()
    {
        var reason = ReasonOption(StatusReason.ForRevocation);
        var replacedBy = new Option<string?>("--replaced-by")
        {
            Description = $"The credential that takes its place; with --reason {StatusReason.Superseded} alone.",
            HelpName = "id or file",
        };
        var command = CreateChange(
            "revoke", "Revokes credentials, for good.", HttpMethod.Post, "revocation", parsed => new JsonObject
            {
                ["reason"] = parsed.GetValue(reason),
                ["replacedBy"] = parsed.GetValue(replacedBy) is { } next ? Target.IdOf(next) : null,
            });
        command.Options.Add(reason);
        command.Options.Add(replacedBy);
        return command;
    }

    public static Command CreateSuspend()
    {
        var reason = ReasonOption(StatusReason.ForSuspension);
        var command = CreateChange(
            "suspend", "Suspends credentials.", HttpMethod.Post, "suspension",
            parsed => new JsonObject { ["reason"] = parsed.GetValue(reason) });
        command.Options.Add(reason);
        return command;
    }

    public static Command CreateReinstate() => CreateChange(
        "reinstate", "Ends the suspension of credentials.", HttpMethod.Delete, "suspension", _ => null);

    public static Command CreateStatus()
    {
        var targets = Targets();
        var json = JsonOption.Create();
        var access = new GatewayAccess();
        var command = new Command("status", "Says whether credentials stand, and how that came to be.")
        {
            targets, json,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForAnyone(parsed);
            int code = ExitCodes.Success;
            foreach (string target in parsed.GetValue(targets)!)
            {
                using var answer = await gateway.GetAsync($"{Target.PathOf(target)}/status", cancellationToken);
                await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
                var history = await GatewayAccess.ReadObjectAsync(answer, cancellationToken);
                var items = history["items"]!.AsArray();
                string state = (string?)items.FirstOrDefault()?["state"] ?? CredentialState.InForce;
                if (state != CredentialState.InForce) code = ExitCodes.Invalid;
                Answer(parsed.GetValue(json), target, state, items);
            }

            return code;
        });
        return command;
    }

    private static Command CreateChange(
        string name, string description, HttpMethod method, string part, Func<ParseResult, JsonObject?> bodyOf)
    {
        var targets = Targets();
        var json = JsonOption.Create();
        var access = new GatewayAccess();
        var command = new Command(name, description) { targets, json };
        access.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenWithKey(parsed);
            string[] all = parsed.GetValue(targets)!;

            // All before the first is changed: a file among them that is no credential stops it all.
            string[] paths = [.. all.Select(Target.PathOf)];
            var body = bodyOf(parsed);
            if (body?["replacedBy"] is null) body?.Remove("replacedBy");
            var changed = new List<(string Target, JsonObject Status)>();
            try
            {
                await ProgressBar.RunAsync($"{name}…", all.Length, async report =>
                {
                    foreach (var (target, path) in all.Zip(paths))
                    {
                        using var request = new HttpRequestMessage(method, $"{path}/{part}");
                        if (body is not null) request.Content = JsonContent.Create(body);
                        using var answer = await gateway.SendAsync(request, cancellationToken);
                        await RequireSuccessAsync(target, answer, cancellationToken);
                        changed.Add(
                            (target, await GatewayAccess.ReadObjectAsync(answer, cancellationToken)));
                        report(changed.Count);
                    }
                });
            }
            finally
            {
                // What was done is said also where something else failed.
                foreach (var (target, status) in changed)
                    Answer(parsed.GetValue(json), target, (string?)status["state"] ?? "?", new JsonArray(status));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task RequireSuccessAsync(
        string target, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        }
        catch (CommandException e)
        {
            throw new CommandException(e.ExitCode, $"{target}: {e.Message}");
        }
    }

    private static void Answer(bool asJson, string target, string state, JsonArray history)
    {
        if (asJson)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["input"] = target,
                ["state"] = state,
                ["history"] = history.DeepClone(),
            }.ToJsonString());
            return;
        }

        Console.Out.WriteLine(Plain.Line($"{state,-14} {target}"));
        foreach (var item in history)
        {
            string reason = item!["reason"] is { } code ? $" ({code})" : "";
            Console.Out.WriteLine(Plain.Line($"  {item["state"]}{reason}, {item["changedAt"]}"));
        }
    }

    private static Argument<string[]> Targets() => new("credentials")
    {
        Description = "Their ids, their places on the ledger (root.index), or the files that hold them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static Option<string> ReasonOption(IReadOnlyList<string> reasons)
    {
        var option = new Option<string>("--reason") { Description = "Why.", Required = true };
        option.AcceptOnlyFromAmong([.. reasons]);
        return option;
    }
}
