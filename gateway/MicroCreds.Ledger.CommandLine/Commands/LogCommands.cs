using System.CommandLine;
using System.Globalization;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log: reads the log of a gateway as anyone can, and holds it against itself and others.</summary>
internal static class LogCommands
{
    /// <summary>The most faults that are told.</summary>
    private const int MaxFaultsTold = 20;

    public static Command Create() => new("log", "Reads the log of all that counts on the ledger.")
    {
        CreateCheck(), CreateProve(), LogTrustCommand.Create(), LogRenewCommand.Create(),
        LogFilterCommand.Create(), LogEvidenceCommand.Create(),
    };

    private static Command CreateCheck()
    {
        var key = new Option<string?>("--key")
        {
            Description = "The log's verifier key, name+id+key. Default is what the gateway itself says, which does "
                + "not prove whose log it is.",
            HelpName = "key",
        };
        var against = new Option<string?>("--against")
        {
            Description = "Another member's gateway, whose log must have the same leaves.",
            HelpName = "url",
        };
        var trust = new Option<FileInfo?>("--log-trust")
        {
            Description = "A trust file, which must take no word that the leaves do not give: by a key of nobody's, or "
                + "one that was stolen or withdrawn.",
            HelpName = "file",
        };
        var access = new GatewayAccess();
        var command = new Command(
            "fsck",
            "Derives a gateway's log again: each leaf from the keys that the leaves before it tell of, the tree and "
            + "the filter from the leaves; and names what does not agree.")
        {
            key, against, trust,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var trusted = parsed.GetValue(trust) is { } file ? ProofOptions.ReadTrust(file) : null;
            using var gateway = access.OpenForAnyone(parsed);
            using var other = parsed.GetValue(against) is { } address
                ? GatewayAccess.OpenForAnyone(address, against.Name) : null;
            return await CheckAsync(gateway, parsed.GetValue(key), other, trusted, cancellationToken);
        });
        return command;
    }

    private static Command CreateProve()
    {
        var input = new Argument<string>("credential")
        {
            Description = "The file that holds the credential, or - for standard input.",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "The file to write. Default is standard output.",
            HelpName = "file",
        };
        var trust = new Option<FileInfo?>("--log-trust")
        {
            Description = "Whose word will be taken: the signatures of others are left away. Default is all that there "
                + "are.",
            HelpName = "file",
        };
        var whole = new Option<bool>("--whole")
        {
            Description = "Writes the credential and its proof as one file, as other consortia take it.",
        };
        var access = new GatewayAccess();
        var command = new Command(
            "prove",
            "Fetches what proves without a network that a credential is in force. Of the credential no more than its "
            + "place on the ledger is told to the gateway.")
        {
            input, output, trust, whole,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForAnyone(parsed);
            if (parsed.GetValue(output) is { } file) OutputFile.RequireWritable(file.FullName);
            var read = await new InputReader(new FetchOptions()).ReadAsync(parsed.GetValue(input)!, cancellationToken);
            var trusted = parsed.GetValue(trust) is { } named ? ProofOptions.ReadTrust(named) : null;
            var credential = CredentialIn(
                read.Bytes ?? throw new CommandException(ExitCodes.NoInput, $"{read.Name}: {read.Fault}"), read.Name);
            var anchor = credential.Anchor;
            string path = string.Create(
                CultureInfo.InvariantCulture,
                $"v1/log/proofs/{Uri.EscapeDataString(anchor.MspId)}/{anchor.Root}/{anchor.Index}");
            byte[] proof = await GatewayAccess.GetAsync(gateway, path, LogProofFile.MaxBytes, cancellationToken);
            proof = Shorten(proof, credential, trusted);
            if (parsed.GetValue(whole)) proof = new ProvenCredential(read.Bytes, proof).ToBytes();
            using var stream = parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
            await stream.WriteAsync(proof, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Leaves away what the credential says itself, and the signatures that nobody needs.</summary>
    private static byte[] Shorten(byte[] proof, ReadCredential credential, LogTrust? trust)
    {
        try
        {
            var file = LogProofFile.Parse(proof, credential);
            var head = trust is null ? file.Head : HeadFinding.Shorten(file.Head, trust);
            return (file with { Head = head }).ToBytes(credential);
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCodes.Invalid, $"The proof that the gateway made: {e.Message}");
        }
    }

    private static ReadCredential CredentialIn(byte[] credential, string name)
    {
        try
        {
            return CredentialReader.Read(credential);
        }
        catch (Exception e) when (e is StrictJsonException or CredentialFormatException)
        {
            throw new CommandException(ExitCodes.BadData, $"{name}: {e.Message}");
        }
    }

    private static async Task<int> CheckAsync(
        HttpClient gateway, string? key, HttpClient? other, LogTrust? trust, CancellationToken cancellationToken)
    {
        var log = await ReadLog.OpenAsync(gateway, key, cancellationToken);
        var theirs = other is null ? null : await ReadLog.OpenAsync(other, key: null, cancellationToken);
        var faults = new List<string>();
        var audit = new LogAudit();
        var growth = new TileGrowth(0, _ => default);
        for (long start = 0; start < log.Head.Size; start += Tile.FullWidth)
        {
            var entries = await log.EntriesAsync(start, cancellationToken);
            byte[] hashes = await log.TileAsync(TileAt(0, start, log.Head.Size), cancellationToken);
            var others = theirs is null || start >= theirs.Head.Size
                ? [] : await theirs.EntriesAsync(start, cancellationToken);
            foreach (var (i, entry) in entries.Index())
            {
                byte[] hash = MerkleTree.LeafHash(entry);
                growth.Append(hash);
                if (audit.Read(entry) is { } fault) faults.Add(fault);
                if (!hashes.AsSpan(i * MerkleTree.HashLength, MerkleTree.HashLength).SequenceEqual(hash))
                    faults.Add($"Leaf {start + i}: Its data is not what its hash in the tree says.");
                if (i >= others.Count || entry.AsSpan().SequenceEqual(others[i])) continue;
                faults.Add($"Leaf {start + i}: {other!.BaseAddress} has another one. From here on the logs differ.");
                (theirs, others) = (null, []);
            }
        }

        foreach (var (tile, hashes) in growth.Changed.Where(one => one.Tile.Level > 0))
        {
            if (!(await log.TileAsync(tile, cancellationToken)).AsSpan().SequenceEqual(hashes))
                faults.Add($"{tile}: Its hashes are not those of the leaves below it.");
        }

        if (!growth.Root().AsSpan().SequenceEqual(log.Head.Root.Span))
            faults.Add("The root that was signed is not that of the leaves.");
        if (faults.Count == 0 && !audit.Standing.ToLines().SequenceEqual(log.Head.Extensions))
            faults.Add("What was signed to stand of credentials and issuers is not what the leaves say.");
        else if (faults.Count == 0
            && !(await log.FilterAsync(cancellationToken)).AsSpan().SequenceEqual(audit.Filter.ToBytes()))
            faults.Add("The filter that is served is not the one that the leaves make.");
        if (trust is not null && faults.Count == 0)
        {
            if (trust.Ledger != audit.Ledger)
                faults.Add($"The trust file is for {trust.Ledger}; the log is of {audit.Ledger}.");
            faults.AddRange(trust.FaultsBy(audit.Members).Select(fault => $"The trust file: {fault}"));
        }

        return Report(log.Head, theirs is null ? null : (theirs.Head.Size, other!.BaseAddress!), faults);
    }

    private static Tile TileAt(int level, long start, long size) =>
        new(level, start / Tile.FullWidth, Tile.WidthOf(level, start / Tile.FullWidth, size));

    private static int Report(LogHead head, (long Size, Uri Address)? theirs, List<string> faults)
    {
        foreach (string fault in faults.Take(MaxFaultsTold)) Console.Out.WriteLine(Plain.Line(fault));
        if (faults.Count > MaxFaultsTold) Console.Out.WriteLine("…");
        string compared = theirs is var (size, address)
            ? $", the first {Math.Min(head.Size, size)} of them as at {address}" : "";
        string found = faults.Count == 0 ? $"all agree{compared}" : $"{faults.Count} faults";
        Console.Out.WriteLine(Plain.Line($"{head.Origin}: {head.Size} leaves, {found}."));
        return faults.Count == 0 ? ExitCodes.Success : ExitCodes.Invalid;
    }
}
