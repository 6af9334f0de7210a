using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Inputs;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Credentials.Fetching;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds bundle and trust: what verifying without a network needs.</summary>
internal static class BundleCommands
{
    public static Command CreateBundle()
    {
        var input = new Argument<string>("credential")
        {
            Description = "The file that holds the credential, or - for standard input.",
        };
        var output = OutputOption();
        var access = new GatewayAccess();
        var command = new Command(
            "bundle", "Makes an offline bundle of a credential: all that proves it, in one file.")
        {
            input, output,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForAnyone(parsed);
            RequireWritable(parsed.GetValue(output));
            var read = await new InputReader(new FetchOptions()).ReadAsync(parsed.GetValue(input)!, cancellationToken);
            using var content = new ByteArrayContent(
                read.Bytes ?? throw new CommandException(ExitCodes.NoInput, $"{read.Name}: {read.Fault}"));
            using var answer = await gateway.PostAsync("v1/bundles", content, cancellationToken);
            await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
            await WriteAsync(parsed.GetValue(output), answer, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateTrust()
    {
        var output = OutputOption();
        var access = new GatewayAccess();
        var command = new Command(
            "trust",
            "Writes the members' root certificates into a trust file, for verifying bundles without a network. Ask a "
            + "gateway that you trust, over https, and keep the file.")
        {
            output,
        };
        access.AddTo(command, withKey: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var gateway = access.OpenForKeys(parsed);
            RequireWritable(parsed.GetValue(output));
            using var answer = await gateway.GetAsync("v1/trust", cancellationToken);
            await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
            await WriteAsync(parsed.GetValue(output), answer, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<FileInfo?> OutputOption() => new("--out")
    {
        Description = "The file to write. Default is standard output.",
        HelpName = "file",
    };

    private static void RequireWritable(FileInfo? file)
    {
        if (file is not null) OutputFile.RequireWritable(file.FullName);
    }

    private static async Task WriteAsync(
        FileInfo? file, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var stream = file is null ? Console.OpenStandardOutput() : file.Create();
        await answer.Content.CopyToAsync(stream, cancellationToken);
    }
}
