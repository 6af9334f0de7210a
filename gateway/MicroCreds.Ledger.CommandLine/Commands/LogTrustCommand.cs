using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log trust: writes down whose word is taken for a ledger's log.</summary>
internal static class LogTrustCommand
{
    public static Command Create()
    {
        var members = new Argument<string[]>("gateways")
        {
            Description = "Gateways of members, each of which is asked which keys the ledger has of the members: over "
                + "https. All must say the same, so name several.",
            Arity = ArgumentArity.OneOrMore,
        };
        var needed = new Option<int?>("--needed")
        {
            Description = "How many members must have signed a head. Default is more than half of all members.",
            HelpName = "number",
        };
        var witnesses = new Option<string[]>("--witness")
        {
            Description = "A witness's verifier key, name+id+key; may be said several times. All of them must have "
                + "signed; the file can say otherwise.",
            HelpName = "key",
        };
        var asSaid = new Option<bool>("--as-said")
        {
            Description = "Takes the keys that the named gateways themselves sign with now, whatever the ledger says: "
                + "for members whose keys are not on the ledger.",
        };
        var mlDsa = new Option<bool>("--ml-dsa")
        {
            Description = "Counts signatures of ML-DSA-44 alone, which outlive elliptic keys: of members and witnesses "
                + "that have such keys.",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "The file to write. Default is standard output.",
            HelpName = "file",
        };
        var command = new Command(
            "trust",
            "Writes a trust file for `microcreds verify --proof`, of the keys that the ledger has of its members, each "
            + "from when on it counts and until when. Look at it before you rely on it, hold it against the log "
            + "(`microcreds log fsck --log-trust`), and keep it.")
        {
            members, needed, witnesses, asSaid, mlDsa, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (ledger, found, all) = await AskAsync(
                parsed.GetValue(members)!, members.Name, parsed.GetValue(asSaid), cancellationToken);
            TrustedCosigner[] outside = [.. (parsed.GetValue(witnesses) ?? []).Select(Of)];
            byte[] file = CanonicalJson.Serialize(new LogTrust
            {
                Ledger = ledger,
                Members = found,
                MembersNeeded = parsed.GetValue(needed),
                MembersInAll = InAll(found.Count, all, parsed.GetValue(needed)),
                Witnesses = outside,
                WitnessesNeeded = outside.Length,
                MlDsaNeeded = parsed.GetValue(mlDsa) ? true : null,
            });
            Check(file);
            if (parsed.GetValue(output) is { } target) OutputFile.RequireWritable(target.FullName);
            using var stream = parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
            await stream.WriteAsync(file, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Asks the gateways, which must agree.</summary>
    /// <returns>The ledger, those whose word can be taken, and how many members there are.</returns>
    private static async Task<(string Ledger, IReadOnlyList<TrustedCosigner> Found, int Members)> AskAsync(
        string[] addresses, string argument, bool asSaid, CancellationToken cancellationToken)
    {
        var said = new List<(string Address, string Ledger, string Key, IReadOnlyList<TrustedCosigner> Members)>();
        foreach (string address in addresses)
        {
            using var gateway = GatewayAccess.OpenForKeys(address, argument);
            var (ledger, key, members) = await ReadLog.SaidMembersAsync(gateway, cancellationToken);
            said.Add((address, ledger, key, members));
        }

        if (said.Exists(one => one.Ledger != said[0].Ledger))
            throw new CommandException(ExitCodes.BadData, "The gateways are not of one ledger.");
        if (asSaid)
        {
            // Two gateways of one institution may not have shared the file of the key yet.
            TrustedCosigner[] members = [.. said.Select(one => Of(one.Key)).GroupBy(one => one.Name).Select(
                all => all.First() with { Keys = [.. all.SelectMany(one => one.Keys).DistinctBy(key => key.Key)] })];
            return (said[0].Ledger, members, members.Length);
        }

        byte[] first = CanonicalJson.Serialize(said[0].Members);
        var other = said.FirstOrDefault(one => !CanonicalJson.Serialize(one.Members).AsSpan().SequenceEqual(first));
        if (other.Address is { } second)
        {
            throw new CommandException(
                ExitCodes.Invalid,
                $"{said[0].Address} and {second} name other members, or other keys of them: if a change is under "
                + "way ask again in a moment; else one of them lies, or its peer does. `microcreds log fsck --against` "
                + "shows at which leaf.");
        }

        TrustedCosigner[] found = [.. said[0].Members.Where(one => one.Keys.Count > 0)];
        return found.Length > 0
            ? (said[0].Ledger, found, said[0].Members.Count)
            : throw new CommandException(
                ExitCodes.BadData,
                "The ledger has no member's key of the log yet: upgrade the contract and the gateways, or take the "
                + "keys that the gateways themselves name, by --as-said.");
    }

    /// <summary>
    /// How many members there are, where some have no key yet: more than half of all are needed, unless it is said how
    /// many.
    /// </summary>
    private static int? InAll(int found, int members, int? needed)
    {
        return found == members ? null : needed is not null || (members / 2) + 1 <= found
            ? members
            : throw new CommandException(
                ExitCodes.BadData,
                $"Only {found} of {members} members have a key of the log on the ledger, so that no more than half of "
                + "them can sign: say by --needed how many are enough.");
    }

    private static TrustedCosigner Of(string key) => new()
    {
        Name = key.Split('+')[0].Split('/')[0],
        Keys = [new CosignerKey(key)],
    };

    private static void Check(byte[] file)
    {
        try
        {
            LogTrust.Read(file);
        }
        catch (StrictJsonException e)
        {
            throw new CommandException(ExitCodes.BadData, $"That would be no trust file: {e.Message}");
        }
    }
}
