using System.Runtime.InteropServices;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Ctrl-C and the signal by which services are told to end: the first has the command finish what must not be left
/// halfway, the second ends it at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>What a shell tells of a program that a signal has ended, less the signal's number.</summary>
    private const int SignalledCode = 128;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, signal: 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, signal: 15)),
    ];

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The program's exit code after a signal; null if there was none.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Take(PosixSignalContext context, int signal)
    {
        if (ExitCode is not null)
        {
            return; // Whoever says it again wants no more waiting.
        }

        context.Cancel = true;
        ExitCode = SignalledCode + signal;
        Console.Error.WriteLine("Interrupted: what must not be left halfway is finished; once more ends it at once.");
        _source.Cancel();
    }
}
