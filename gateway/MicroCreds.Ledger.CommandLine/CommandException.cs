namespace MicroCreds.Ledger.CommandLine;

/// <summary>A command ends without having done its work.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">What happened, where, and how to mend it.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
