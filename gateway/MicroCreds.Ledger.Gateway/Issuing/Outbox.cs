using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>The numbers of stored issuances that are to be brought to an end, each once. Thread-safe.</summary>
public sealed class Outbox
{
    private readonly ConcurrentDictionary<long, bool> _held = [];
    private readonly Channel<long> _waiting = Channel.CreateUnbounded<long>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>
    /// Adds an issuance, unless it is here: however often a client repeats its request, it is tried at one pace.
    /// </summary>
    public void Add(long number)
    {
        if (_held.TryAdd(number, true))
            AddAgain(number);
    }

    /// <summary>Puts an issuance that was taken behind all others.</summary>
    public void AddAgain(long number) => _waiting.Writer.TryWrite(number);

    /// <summary>Waits for the next; it stays here until <see cref="Finish"/>.</summary>
    public ValueTask<long> TakeAsync(CancellationToken cancellationToken) =>
        _waiting.Reader.ReadAsync(cancellationToken);

    /// <summary>Lets an issuance go that was taken.</summary>
    public void Finish(long number) => _held.TryRemove(number, out _);
}
