using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// The numbers of stored issuances that this gateway is to bring to an end, each once. While it is closed it takes
/// none: they are in the store, where another gateway finds them that leads. Thread-safe.
/// </summary>
public sealed class Outbox : IDisposable
{
    private readonly ConcurrentDictionary<long, bool> _held = [];
    private readonly SemaphoreSlim _doubts = new(0);
    private volatile bool _isOpen;
    private readonly ConcurrentDictionary<long, string> _reasons = [];
    private readonly Channel<long> _waiting = Channel.CreateUnbounded<long>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>
    /// Adds an issuance, unless it is here: however often a client repeats its request, it is tried at one pace.
    /// </summary>
    public void Add(long number)
    {
        if (_isOpen && _held.TryAdd(number, true))
            AddAgain(number);
    }

    /// <summary>Puts an issuance that was taken behind all others, if it is still here.</summary>
    public void AddAgain(long number)
    {
        if (_held.ContainsKey(number)) _waiting.Writer.TryWrite(number);
    }

    /// <summary>Takes issuances from now on.</summary>
    public void Open() => _isOpen = true;

    /// <summary>Lets all go, and takes none from now on.</summary>
    public void Close()
    {
        _isOpen = false;
        while (_waiting.Reader.TryRead(out _))
        {
            // It is in the store.
        }

        _held.Clear();
        _reasons.Clear();
    }

    /// <summary>Says that the store may hold issuances that are not here.</summary>
    public void LookAgain()
    {
        if (_doubts.CurrentCount == 0) _doubts.Release();
    }

    /// <summary>Waits until the store may hold issuances that are not here, or for a time.</summary>
    public Task DoubtAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _doubts.WaitAsync(atMost, cancellationToken);

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
