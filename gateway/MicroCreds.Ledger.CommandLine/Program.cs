using System.CommandLine;
using System.CommandLine.Invocation;
using MicroCreds.Ledger.CommandLine.Commands;
using MicroCreds.Ledger.CommandLine.Reporting;

namespace MicroCreds.Ledger.CommandLine;

/// <summary>The program <c>microcreds</c>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand(
            "Verifies, issues, revokes micro-credentials on a consortium's ledger.\n\n" + ExitCodes.Explained)
        {
            VerifyCommand.Create(),
            IssueCommand.Create(),
            StatusCommands.CreateRevoke(),
            StatusCommands.CreateSuspend(),
            StatusCommands.CreateReinstate(),
            StatusCommands.CreateStatus(),
            BundleCommands.CreateBundle(),
            BundleCommands.CreateTrust(),
            LogCommands.Create(),
            StoreCommands.Create(),
        };
        var parsed = root.Parse(args);
        try
        {
            var settings = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
            int code = await parsed.InvokeAsync(settings);
            return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
        }
        catch (CommandException exception)
        {
            foreach (string line in exception.Message.Split('\n'))
                await Console.Error.WriteLineAsync(Plain.Line(line.StartsWith(' ') ? line : $"microcreds: {line}"));
            return exception.ExitCode;
        }
        catch (HttpRequestException exception) when (GatewayAccess.IsTooLong(exception))
        {
            await Console.Error.WriteLineAsync(
                "microcreds: The gateway's answer is longer than any that a gateway gives: is it a gateway?");
            return ExitCodes.BadData;
        }
        catch (HttpRequestException exception)
        {
            await Console.Error.WriteLineAsync(
                Plain.Line($"microcreds: The gateway cannot be reached: {exception.Message}. Is its address right?"));
            return ExitCodes.Unavailable;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("microcreds: Broken off, or the gateway took too long.");
            return ExitCodes.Unavailable;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(Plain.Line($"microcreds: {exception.Message}"));
            return ExitCodes.NoInput;
        }
    }
}
