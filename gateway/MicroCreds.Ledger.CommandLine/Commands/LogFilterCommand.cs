using System.CommandLine;
using System.Globalization;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Proofs;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds log filter: keeps what of the whole ledger is not in force.</summary>
internal static class LogFilterCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo>("--out")
        {
            Description = "The file to keep it in.",
            HelpName = "file",
            Required = true,
        };
        var since = new Option<FileInfo?>("--since")
        {
            Description = "A filter that was kept before, which may be the same file: only what changed is fetched.",
            HelpName = "file",
        };
        var access = new GatewayAccess();
        var command = new Command(
            "filter",
            "Fetches which credentials of the whole ledger are not in force, to verify any of them by `microcreds "
            + "verify --proof … --filter …` without telling anybody which.")
        {
            output, since,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForAnyone(parsed);
            string target = parsed.GetValue(output)!.FullName;
            OutputFile.RequireWritable(target);
            var before = parsed.GetValue(since) is { } kept ? ReadFile(kept, since.Name) : null;
            string query = before is null ? "" : string.Create(
                CultureInfo.InvariantCulture, $"?since={LogHead.Parse(before.Head.Text).Size}");
            byte[] fetched = await GatewayAccess.GetAsync(
                gateway, "v1/log/filter" + query, StatusFilterFile.MaxBytes, cancellationToken);

            // Beside it first: whoever is interrupted keeps the one before.
            string beside = target + ".new";
            await File.WriteAllBytesAsync(beside, Checked(fetched, before, gateway.BaseAddress!), cancellationToken);
            File.Move(beside, target, overwrite: true);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Reads a filter that an option names.</summary>
    /// <exception cref="CommandException">It cannot be read, or is none.</exception>
    public static StatusFilterFile ReadFile(FileInfo file, string option)
    {
        if (!file.Exists) throw new CommandException(ExitCodes.NoInput, $"{option}: there is no file {file.FullName}.");
        try
        {
            return StatusFilterFile.Parse(File.ReadAllBytes(file.FullName));
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCodes.BadData, $"{option} {file.FullName}: {e.Message}");
        }
    }

    private static byte[] Checked(byte[] fetched, StatusFilterFile? before, Uri gateway)
    {
        try
        {
            var file = StatusFilterFile.Parse(fetched);
            var whole = before is null ? file : before.With(file);
            whole.Open();
            return whole.ToBytes();
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCodes.Invalid, $"The filter of {gateway}: {e.Message}");
        }
    }
}
