namespace MicroCreds.Fabric.Client;

/// <summary>How a broken stream of events is reopened: at growing intervals, behind the last event.</summary>
/// <remarks>
/// <para>A stream that has been open is reopened for as long as its peer is away.</para>
/// <para>
/// It fails at once where the peer refuses the request itself (such as PermissionDenied), and where its TLS certificate
/// is not good before the stream has ever been open. It fails after <see cref="GiveUpAfter"/> where it was never open,
/// and where the peer is there and goes on refusing: a channel or block that it does not have (NotFound), events out of
/// their order (DataLoss), a request that cannot be signed, and every other failure that need not pass.
/// </para>
/// </remarks>
public sealed record ResumeOptions
{
    /// <summary>How long to wait before the first attempt. Default is 100 ms; it doubles with each failure.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts. Default is 10 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long failures that may be there to stay are put up with, one after the other, and a peer that does not say
    /// where its chain stands. Default is 5 minutes: a peer that was restored catches up with the checkpoint in it.
    /// <see cref="Timeout.InfiniteTimeSpan"/> is for ever; an attempt gets a second at least.
    /// </summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(5);

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

        if (GiveUpAfter < TimeSpan.Zero && GiveUpAfter != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException(
                $"Resume.GiveUpAfter is {GiveUpAfter}: it must not be negative, or be Timeout.InfiniteTimeSpan.");
        }
    }

    internal TimeSpan Delay(int attempt) =>
        TimeSpan.FromTicks(Math.Min(MaxDelay.Ticks, MinDelay.Ticks << Math.Min(attempt, 20)));
}
