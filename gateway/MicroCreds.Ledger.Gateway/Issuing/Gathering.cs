namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Gathers what is asked for at the same moment, so that it is done together. What comes while nothing is under way is
/// done at once. What comes while something is waits for its end, but not long: while fewer wait than are under way,
/// for as long as those took last, since they come back together; else for a quarter of that. Thread-safe.
/// </summary>
/// <typeparam name="T">What is asked for.</typeparam>
internal sealed class Gathering<T> : IDisposable
{
    /// <summary>The least that is waited for others, where others are about.</summary>
    internal static readonly TimeSpan MinPatience = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest that those wait who are no fewer than those under way.</summary>
    internal static readonly TimeSpan MaxPatience = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that anybody waits to be begun with.</summary>
    internal static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(250);

    // Timers know no less.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private const int PartOfLast = 4;

    private readonly Lock _lock = new();
    private readonly Func<IReadOnlyList<T>, Task> _doAsync;
    private readonly int _most;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private List<T> _waiting = [];
    private ExecutionContext? _context;
    private long _since;
    private int _underWay;
    private int _askedUnderWay;
    private int _lastSize;
    private long _lastEnd;
    private TimeSpan _lastTook;

    /// <param name="doAsync">Does it; each waits for its own end, and none of it throws.</param>
    /// <param name="most">The most that is done together.</param>
    /// <param name="time">What patience is measured by.</param>
    public Gathering(Func<IReadOnlyList<T>, Task> doAsync, int most, TimeProvider time)
    {
        (_doAsync, _most, _time) = (doAsync, most, time);

        // It outlives the request that came first, and must not be counted among what that did.
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable?) : ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(_ => Consider(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How often what was done together has ended.</summary>
    public long Ended
    {
        get
        {
            lock (_lock) return field;
        }

        private set;
    }

    /// <summary>Has something done, together with what is asked for at the same moment.</summary>
    public void Add(T asked)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _since = _time.GetTimestamp();
                _context = ExecutionContext.Capture();
            }

            _waiting.Add(asked);
            BeginOrWait();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Consider()
    {
        lock (_lock) BeginOrWait();
    }

    private void BeginOrWait()
    {
        if (_waiting.Count == 0) return;

        var left = Left();
        if (left > TimeSpan.Zero)
        {
            _timer.Change(Longer(left, Tick), Timeout.InfiniteTimeSpan);
            return;
        }

        var together = _waiting;
        _waiting = [];
        _underWay++;
        _askedUnderWay += together.Count;
        long begin = _time.GetTimestamp();

        // What is traced of it belongs to whoever came first.
        var context = _context;
        _context = null;
        if (context is null) Begin();
        else ExecutionContext.Run(context, _ => Begin(), null);

        void Begin() => _ = Task.Run(() => RunAsync(together, begin));
    }

    /// <summary>How long those who wait still wait for others.</summary>
    private TimeSpan Left()
    {
        if (_waiting.Count >= _most) return TimeSpan.Zero;
        if (_underWay > 0) return Patience() - _time.GetElapsedTime(_since);

        // Those who were done just now are about to ask for more.
        return _lastSize > _waiting.Count ? Shortly() - _time.GetElapsedTime(_lastEnd) : TimeSpan.Zero;
    }

    private TimeSpan Patience()
    {
        if (_askedUnderWay <= _waiting.Count) return Shortly();
        return _lastTook < MaxWait ? Longer(_lastTook, MinPatience) : MaxWait;
    }

    private TimeSpan Shortly()
    {
        var part = Longer(_lastTook / PartOfLast, MinPatience);
        return part < MaxPatience ? part : MaxPatience;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task RunAsync(List<T> together, long begin)
    {
        try
        {
            await _doAsync(together);
        }
        finally
        {
            lock (_lock)
            {
                _underWay--;
                _askedUnderWay -= together.Count;
                _lastEnd = _time.GetTimestamp();
                _lastTook = _time.GetElapsedTime(begin, _lastEnd);
                _lastSize = together.Count;
                Ended++;
                BeginOrWait();
            }
        }
    }
}
