using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>The numbers of stored issuances that are to be brought to an end, each once. Thread-safe.</summary>
public sealed class Outbox : IDisposable
{
    private readonly ConcurrentDictionary<long, bool> _held = [];
    private readonly SemaphoreSlim _doubts = new(0);
    private readonly ConcurrentDictionary<long, string> _reasons = [];
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

    /// <summary>Says that the store may hold issuances that are not here.</summary>
    public void LookAgain()
    {
        if (_doubts.CurrentCount == 0) _doubts.Release();
    }

    /// <summary>Waits until the store may hold issuances that are not here.</summary>
    public Task DoubtAsync(CancellationToken cancellationToken) => _doubts.WaitAsync(cancellationToken);

    /// <summary>How many issuances are here: waiting, or being brought to the ledger.</summary>
    public int Held => _held.Count;

    /// <summary>How many issuances had to wait so far.</summary>
    public int Waiting => _reasons.Count;

    /// <summary>Notes why an issuance has to wait.</summary>
    public void Note(long number, string reason) => _reasons[number] = reason;

    /// <summary>Tells why an issuance has to wait; null if it was not tried in vain.</summary>
    public string? ReasonOf(long number) => _reasons.GetValueOrDefault(number);

    /// <summary>Waits for the next; it stays here until <see cref="Finish"/>.</summary>
    public ValueTask<long> TakeAsync(CancellationToken cancellationToken) =>
        _waiting.Reader.ReadAsync(cancellationToken);

    public void Dispose() => _doubts.Dispose();

    /// <summary>Lets an issuance go that was taken.</summary>
    public void Finish(long number)
    {
        _reasons.TryRemove(number, out _);
        _held.TryRemove(number, out _);
    }
}
