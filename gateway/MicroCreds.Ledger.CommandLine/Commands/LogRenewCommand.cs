using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log renew: renews a trust file by heads that those signed whom it names.</summary>
internal static class LogRenewCommand
{
    public static Command Create()
    {
        var trust = new Argument<FileInfo>("trust") { Description = "The trust file that is renewed." };
        var renewal = new Option<FileInfo?>("--renewal")
        {
            Description = "A renewal that was fetched before: nobody is asked. Default is to ask the gateway.",
            HelpName = "file",
        };
        var keep = new Option<FileInfo?>("--keep")
        {
            Description = "The file to keep the renewal in, for others who renew the same trust file.",
            HelpName = "file",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "The trust file to write. Default is standard output.",
            HelpName = "file",
        };
        var access = new GatewayAccess();
        var command = new Command(
            "renew",
            "Renews a trust file: the present members and their keys, as a head of the log says that enough of those "
            + "signed whom the file names. Any gateway of that ledger hands out the renewal; none is trusted.")
        {
            trust, renewal, keep, output,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var before = ProofOptions.ReadTrust(parsed.GetValue(trust)!);
            if (parsed.GetValue(output) is { } target) OutputFile.RequireWritable(target.FullName);
            if (parsed.GetValue(keep) is { } copy) OutputFile.RequireWritable(copy.FullName, keep.Name);
            byte[] file;
            if (parsed.GetValue(renewal) is { } kept)
            {
                file = ProofOptions.ReadFile(kept, renewal.Name);
            }
            else
            {
                using var gateway = access.OpenForAnyone(parsed);
                file = await GatewayAccess.GetAsync(
                    gateway, "v1/log/renewal", TrustRenewal.MaxBytes, cancellationToken);
            }

            byte[] renewed = CanonicalJson.Serialize(Renew(file, before));
            if (parsed.GetValue(keep) is { } held)
                await File.WriteAllBytesAsync(held.FullName, file, cancellationToken);
            using var stream = parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
            await stream.WriteAsync(renewed, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static LogTrust Renew(byte[] file, LogTrust before)
    {
        try
        {
            return TrustRenewal.Parse(file).Renew(before);
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCodes.Invalid, $"The renewal: {e.Message}");
        }
    }
}
