using System.Runtime.InteropServices;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Waits for the process to be told to end.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _registrations = [];

    public Task Received => _received.Task;

    public static StopSignals Watch(CancellationToken cancellationToken)
    {
        var signals = new StopSignals();
        signals._registrations.Add(cancellationToken.Register(() => signals._received.TrySetResult()));
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // The runtime would end the process at once.
                context.Cancel = true;
                signals._received.TrySetResult();
            }));
        }

        return signals;
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
