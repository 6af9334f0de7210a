using System.Threading.Channels;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>The numbers of stored issuances that are to be brought to an end. Thread-safe.</summary>
public sealed class Outbox
{
    private readonly Channel<long> _waiting = Channel.CreateUnbounded<long>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Adds an issuance; adding it twice does no harm.</summary>
    public void Add(long number) => _waiting.Writer.TryWrite(number);

    /// <summary>Waits for the next.</summary>
    public ValueTask<long> TakeAsync(CancellationToken cancellationToken) =>
        _waiting.Reader.ReadAsync(cancellationToken);
}
