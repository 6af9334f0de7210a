using System.Text.Json;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator;

/// <summary>What the program says when it could not do what it was told, and its exit code.</summary>
internal sealed record Failure(int ExitCode, string Message)
{
    private const int Failed = 1;

    /// <summary>EX_UNAVAILABLE of sysexits.h: tests that need the engine are skipped.</summary>
    private const int Unavailable = 69;

    /// <summary>Explains an exception; null for one that only a fault of this program throws.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="verb">What the program was told to do; null if that is unknown.</param>
    /// <param name="interrupted">The exit code after a signal; null if there was none.</param>
    public static Failure? Of(Exception exception, Verb? verb, int? interrupted) => exception switch
    {
        OperationCanceledException when interrupted is { } code => new(code, Interrupted(verb)),

        // A terminal sends Ctrl-C to the programs that the command runs, too: they fail by it.
        OperatorException when interrupted is { } code => new(code, $"{exception.Message}\n{Interrupted(verb)}"),
        UnavailableException => new(Unavailable, exception.Message),
        OperatorException or DevNetworkException => new(Failed, exception.Message),
        AggregateException { InnerExceptions: [var single] } => Of(single, verb, interrupted),
        IOException when IsFull(exception) => new(
            Failed, $"{verb?.Name}: the disk is full: {exception.Message}\nMake room. {Again(verb)}"),
        _ when IsOutOfFiles(exception) => new(
            Failed,
            $"{verb?.Name}: this process has as many files open as it may (ulimit -n): {exception.Message}\nRaise the "
            + $"limit to {OpenFiles.Least} or more. {Again(verb)}"),
        IOException or UnauthorizedAccessException => new(
            Failed,
            $"{verb?.Name}: a file cannot be read or written: {exception.Message}\n"
            + "See that it is there, on a disk that can be written, and this user's; --state names the directory of "
            + $"the network. {Again(verb)}"),
        JsonException => new(
            Failed,
            $"{verb?.Name}: a file in the state directory is damaged: {exception.Message}\nPut a copy in its place."),
        OperationCanceledException => new(
            Failed,
            $"{verb?.Name}: something did not answer in time: {exception.Message}\n"
            + $"scripts/status.sh says what is down. {Again(verb)}"),
        HttpRequestException or FabricException => new(
            Failed,
            $"{verb?.Name}: a node or a gateway does not answer, or refuses: {exception.Message}\n"
            + $"scripts/status.sh and scripts/doctor.sh say more. {Again(verb)}"),
        _ => null,
    };

    private static string Interrupted(Verb? verb) => verb is { GoesOn: true }
        ? $"{verb.Name} was interrupted. {Again(verb)}"
        : $"{verb?.Name} was interrupted.";

    private static string Again(Verb? verb) => verb is { GoesOn: true }
        ? "The same command again finishes what is left."
        : "Then give the same command again.";

    /// <summary>EMFILE, as Linux and macOS say it.</summary>
    private static bool IsOutOfFiles(Exception exception) =>
        exception.Message.Contains("Too many open files", StringComparison.Ordinal);

    /// <summary>No space left on the device, as Linux and macOS number it; the text is the same.</summary>
    private static bool IsFull(Exception exception) =>
        exception.Message.Contains("No space left", StringComparison.Ordinal)
        || exception.Message.Contains("not enough space", StringComparison.OrdinalIgnoreCase);
}
