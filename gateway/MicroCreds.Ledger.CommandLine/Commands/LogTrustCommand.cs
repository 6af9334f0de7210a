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
            Description = "The members' gateways, each of which is asked for its key: over https, and looked at.",
            Arity = ArgumentArity.OneOrMore,
        };
        var needed = new Option<int?>("--needed")
        {
            Description = "How many members must have signed a head. Default is more than half of them.",
            HelpName = "number",
        };
        var witnesses = new Option<string[]>("--witness")
        {
            Description = "A witness's verifier key, name+id+key; may be said several times. All of them must have "
                + "signed; the file can say otherwise.",
            HelpName = "key",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "The file to write. Default is standard output.",
            HelpName = "file",
        };
        var command = new Command(
            "trust",
            "Writes a trust file for `microcreds verify --proof`, of the keys that members' gateways name now. Look at "
            + "it before you rely on it, and keep it.")
        {
            members, needed, witnesses, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var found = new List<(string Ledger, TrustedCosigner Member)>();
            foreach (string address in parsed.GetValue(members)!)
            {
                using var gateway = GatewayAccess.OpenForAnyone(address, members.Name);
                var (ledger, key) = await ReadLog.SaidMemberKeyAsync(gateway, cancellationToken);
                found.Add((ledger, Of(key)));
            }

            if (found.Select(one => one.Ledger).Distinct().Count() > 1)
                throw new CommandException(ExitCodes.BadData, "The gateways are not of one ledger.");
            TrustedCosigner[] outside = [.. (parsed.GetValue(witnesses) ?? []).Select(Of)];
            byte[] file = CanonicalJson.Serialize(new LogTrust
            {
                Ledger = found[0].Ledger,
                Members = [.. found.Select(one => one.Member)],
                MembersNeeded = parsed.GetValue(needed),
                Witnesses = outside,
                WitnessesNeeded = outside.Length,
            });
            Check(file);
            if (parsed.GetValue(output) is { } target) OutputFile.RequireWritable(target.FullName);
            using var stream = parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
            await stream.WriteAsync(file, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
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
