using System.CommandLine;
using System.Text.Json;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>A proof that goes along with a credential, and verifying by it without a network.</summary>
internal sealed class ProofOptions
{
    private readonly Option<FileInfo?> _proof = new("--proof")
    {
        Description = "The proof that goes along with the one credential (see `microcreds log prove`): it is verified "
            + "without a network, by the trust file of --log-trust.",
        HelpName = "file",
    };

    private readonly Option<FileInfo?> _trust = new("--log-trust")
    {
        Description = "Whose word is taken for the ledger's log, and how many must agree; see `microcreds log trust`.",
        HelpName = "file",
    };

    private readonly Option<FileInfo?> _filter = new("--filter")
    {
        Description = "What of the whole ledger is not in force, see `microcreds log filter`: then the proof may be of "
            + "any age.",
        HelpName = "file",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_proof);
        command.Options.Add(_trust);
        command.Options.Add(_filter);
    }

    /// <summary>Verifies by a proof, if one is named.</summary>
    /// <returns>The exit code; none if no proof is named.</returns>
    /// <exception cref="CommandException">The options do not go together, or a file cannot be read.</exception>
    public async Task<int?> TryVerifyAsync(
        ParseResult parsed, IReadOnlyList<string> names, TimeSpan? maxAge, bool asJson,
        CancellationToken cancellationToken)
    {
        var (proof, trust, filter) = (parsed.GetValue(_proof), parsed.GetValue(_trust), parsed.GetValue(_filter));
        if (proof is null && trust is null && filter is null) return null;
        if (trust is null)
            throw new CommandException(ExitCodes.Usage, "--proof and --log-trust go together, and --filter with both.");
        if (names is not [var name])
            throw new CommandException(ExitCodes.Usage, "A proof is of one credential: name one beside --proof.");
        var verifier = new LogProofVerifier(TimeProvider.System, new LogProofOptions
        {
            Trust = ReadTrust(trust),
            MaxAge = maxAge,
            Filter = filter is null ? null : LogFilterCommand.ReadFile(filter, _filter.Name),
        });
        byte[]? file = proof is null ? null : ReadFile(proof, "--proof");
        var input = await new InputReader(new FetchOptions()).ReadAsync(name, cancellationToken);
        Outcome outcome;
        if (input.Bytes is { } document)
        {
            // One file may hold both.
            var brought = ProvenCredential.Find(document) ?? (file is null
                ? throw new CommandException(
                    ExitCodes.Usage, "--log-trust goes with --proof, or with a file that holds the proof itself.")
                : new ProvenCredential(document, file));
            outcome = new Outcome(
                name,
                JsonSerializer.SerializeToNode(
                    verifier.Verify(brought.Credential, file ?? brought.Proof), LedgerJson.Options)!);
        }
        else
        {
            outcome = Outcome.OfFault(name, input.Fault!, ExitCodes.NoInput);
        }

        outcome.Write(asJson);
        return Outcome.ExitCodeOf([outcome]);
    }

    /// <summary>Reads a trust file.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be read.</exception>
    internal static LogTrust ReadTrust(FileInfo file)
    {
        try
        {
            return LogTrust.Read(ReadFile(file, "--log-trust"));
        }
        catch (StrictJsonException e)
        {
            throw new CommandException(ExitCodes.BadData, $"--log-trust {file.FullName}: {e.Message}");
        }
    }

    /// <summary>Reads a file that an option or argument names.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    internal static byte[] ReadFile(FileInfo file, string option) => file.Exists
        ? File.ReadAllBytes(file.FullName)
        : throw new CommandException(ExitCodes.NoInput, $"{option}: there is no file {file.FullName}.");
}
