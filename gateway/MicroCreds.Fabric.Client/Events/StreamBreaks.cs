using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>Counts the breaks of one stream, and decides whether it is opened again.</summary>
internal sealed class StreamBreaks(ResumeOptions options, TimeProvider timeProvider, string what, CallLog log)
{
    /// <summary>
    /// A stream that held for so long was open, even if nothing came, unless what failed in the end was connecting.
    /// </summary>
    private static readonly TimeSpan HeldAfter = TimeSpan.FromSeconds(30);

    /// <summary>An attempt gets so long, however soon it is to be given up: a good peer takes some time too.</summary>
    private static readonly TimeSpan LeastTimeToAnswer = TimeSpan.FromSeconds(1);

    private bool _hasBeenOpen;
    private bool _isReading;
    private int _attempt;
    private long _begun;
    private long? _firstFailure;

    /// <summary>An attempt begins.</summary>
    public void Begin() => (_begun, _isReading) = (timeProvider.GetTimestamp(), false);

    /// <summary>The stream itself is read from now on, in which nothing may come for long.</summary>
    public void BeginReading() => (_begun, _isReading) = (timeProvider.GetTimestamp(), true);

    /// <summary>How long a question that the stream begins with may be left unanswered.</summary>
    /// <param name="timeout">How long one of its kind may take.</param>
    public TimeSpan TimeToAnswer(TimeSpan timeout)
    {
        if (options.GiveUpAfter == Timeout.InfiniteTimeSpan)
            return timeout;

        var left = options.GiveUpAfter - timeProvider.GetElapsedTime(_firstFailure ?? _begun);
        if (left < LeastTimeToAnswer)
            left = LeastTimeToAnswer;
        return timeout == Timeout.InfiniteTimeSpan || left < timeout ? left : timeout;
    }

    /// <summary>The peer has answered what was asked.</summary>
    public void Answered() => (_hasBeenOpen, _attempt, _firstFailure) = (true, 0, null);

    /// <summary>Tells whether to go on after a failure; null is a stream that the peer ended.</summary>
    public bool MayGoOn(EventStreamException? failure)
    {
        if (failure is { IsForGood: true } || (failure is { IsOfTls: true } && !_hasBeenOpen))
            return false;

        if (_isReading && timeProvider.GetElapsedTime(_begun) >= HeldAfter && failure is not { IsOfConnecting: true })
            (_hasBeenOpen, _firstFailure) = (true, null);

        if (_hasBeenOpen && failure is { IsOfNetwork: true })
        {
            // A peer that comes back may then be behind for as long as any other.
            _firstFailure = null;
            return true;
        }

        // A question that hung has failed for as long as it did.
        _firstFailure ??= _isReading ? timeProvider.GetTimestamp() : _begun;
        return options.GiveUpAfter == Timeout.InfiniteTimeSpan
            || timeProvider.GetElapsedTime(_firstFailure.Value) < options.GiveUpAfter;
    }

    /// <summary>Tells who listens of the break, and returns how long to wait.</summary>
    public TimeSpan Note(EventStreamException? failure)
    {
        log.StreamBroke(what, _attempt + 1, failure);
        options.OnBreak?.Invoke(failure, _attempt);
        return options.Delay(_attempt++);
    }
}
