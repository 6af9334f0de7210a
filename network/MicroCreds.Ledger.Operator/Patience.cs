using System.Diagnostics;

namespace MicroCreds.Ledger.Operator;

/// <summary>Waiting for as long as something makes progress: it is over after a while without any.</summary>
/// <param name="limit">How long it may stand still.</param>
internal sealed class Patience(TimeSpan limit)
{
    private long _since = Stopwatch.GetTimestamp();
    private object? _before;

    /// <summary>Whether what is told of the progress has stayed the same for too long.</summary>
    public bool IsOverAt(object? progress)
    {
        if (!Equals(progress, _before))
        {
            _before = progress;
            _since = Stopwatch.GetTimestamp();
        }

        return Stopwatch.GetElapsedTime(_since) > limit;
    }
}
