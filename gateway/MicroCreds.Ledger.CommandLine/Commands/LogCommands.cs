using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log: reads the log of a gateway as anyone can, and holds it against itself and others.</summary>
internal static class LogCommands
{
    /// <summary>The most faults that are told.</summary>
    private const int MaxFaultsTold = 20;

    public static Command Create() => new("log", "Reads the log of all that counts on the ledger.") { CreateCheck() };

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
        var access = new GatewayAccess();
        var command = new Command(
            "fsck",
            "Derives a gateway's log again: each leaf from the keys that the leaves before it tell of, the tree from "
            + "the leaves; and names what does not agree.")
        {
            key, against,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForAnyone(parsed);
            using var other = parsed.GetValue(against) is { } address
                ? GatewayAccess.OpenForAnyone(address, against.Name) : null;
            return await CheckAsync(gateway, parsed.GetValue(key), other, cancellationToken);
        });
        return command;
    }

    private static async Task<int> CheckAsync(
        HttpClient gateway, string? key, HttpClient? other, CancellationToken cancellationToken)
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
        return Report(log.Head, theirs, faults);
    }

    private static Tile TileAt(int level, long start, long size) =>
        new(level, start / Tile.FullWidth, Tile.WidthOf(level, start / Tile.FullWidth, size));

    private static int Report(LogHead head, ReadLog? theirs, List<string> faults)
    {
        foreach (string fault in faults.Take(MaxFaultsTold)) Console.Out.WriteLine(Plain.Line(fault));
        if (faults.Count > MaxFaultsTold) Console.Out.WriteLine("…");
        string compared = theirs is null
            ? "" : $", the first {Math.Min(head.Size, theirs.Head.Size)} of them as in {theirs.Head.Origin}";
        string found = faults.Count == 0 ? $"all agree{compared}" : $"{faults.Count} faults";
        Console.Out.WriteLine(Plain.Line($"{head.Origin}: {head.Size} leaves, {found}."));
        return faults.Count == 0 ? ExitCodes.Success : ExitCodes.Invalid;
    }
}
