using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log evidence: checks a file that proves that a key of a log showed two faces.</summary>
internal static class LogEvidenceCommand
{
    public static Command Create()
    {
        var input = new Argument<FileInfo>("file")
        {
            Description = "The file, as /v1/log/evidence/{id} of a gateway hands it out.",
        };
        var trust = new Option<FileInfo?>("--log-trust")
        {
            Description = "A trust file, by which the key is a member's or a witness's; without it its name says so "
                + "alone.",
            HelpName = "file",
        };
        var command = new Command(
            "evidence",
            "Checks without a network whether a key signed two heads of a log that cannot both be so, and names the "
            + "key, whose it is, and what contradicts what.")
        {
            input, trust,
        };
        command.SetAction(parsed =>
        {
            var trusted = parsed.GetValue(trust) is { } file ? ProofOptions.ReadTrust(file) : null;
            return Report(Read(parsed.GetValue(input)!, input.Name).Judge(), trusted);
        });
        return command;
    }

    private static TwoFaces Read(FileInfo file, string argument)
    {
        byte[] bytes = ProofOptions.ReadFile(file, argument);
        try
        {
            return TwoFaces.Read(bytes);
        }
        catch (StrictJsonException e)
        {
            throw new CommandException(ExitCodes.BadData, $"{file.FullName}: {e.Message}");
        }
    }

    private static int Report(FacesFinding finding, LogTrust? trust)
    {
        if (finding is not { IsProven: true, Key: { } key })
        {
            Console.Out.WriteLine(Plain.Line($"It proves nothing. {finding.Detail}"));
            return ExitCodes.Invalid;
        }

        string who = finding.Member is { } member ? $"{member}, by the key's name" : "somebody who is no member by it";
        Console.Out.WriteLine(Plain.Line($"Two faces, of the log {finding.Ledger}."));
        Console.Out.WriteLine(Plain.Line($"  Key: {key}"));
        Console.Out.WriteLine(Plain.Line($"  Of:  {(trust is null ? who : OwnerOf(key, trust, finding.Ledger!))}"));
        Console.Out.WriteLine(Plain.Line($"  {finding.Detail}"));
        return ExitCodes.Success;
    }

    private static string OwnerOf(NoteKey key, LogTrust trust, string ledger)
    {
        foreach (var cosigner in trust.Members.Concat(trust.Witnesses))
        {
            bool isOwn = cosigner.Keys.Select(one => NoteKey.Parse(one.Key)).Any(one =>
                one.ToString() == key.ToString() || MemberCosigner.LogKeyOf(ledger, one)?.ToString() == key.ToString());
            if (isOwn && trust.Ledger == ledger) return $"{cosigner.Name}, by the trust file";
        }

        return "nobody of the trust file";
    }
}
