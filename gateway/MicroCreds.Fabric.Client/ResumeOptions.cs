namespace MicroCreds.Fabric.Client;

/// <summary>How a broken stream of events is reopened: at growing intervals, until it works or is cancelled.</summary>
public sealed record ResumeOptions
{
    /// <summary>How long to wait before the first attempt. Default is 100 ms; it doubles with each failure.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts. Default is 10 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Is told of each break, with the failure (null when the peer ended the stream in good order) and the number of
    /// attempts since the last event: for logs and metrics. Default is null.
    /// </summary>
    public Action<FabricException?, int>? OnBreak { get; init; }

    /// <exception cref="ArgumentException">The delays make no sense.</exception>
    internal void Validate()
    {
        if (MinDelay <= TimeSpan.Zero || MaxDelay < MinDelay)
        {
            throw new ArgumentException(
                $"Resume.MinDelay is {MinDelay} and MaxDelay {MaxDelay}: both must be positive, MinDelay the lesser.");
        }
    }

    internal TimeSpan Delay(int attempt) =>
        TimeSpan.FromTicks(Math.Min(MaxDelay.Ticks, MinDelay.Ticks << Math.Min(attempt, 20)));
}
