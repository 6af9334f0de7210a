namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// Numbers of people as they may be told: none under ten, and every other rounded down to a ten. A sum is rounded from
/// its own number and never added up of what is told, so that what is hidden cannot be had by taking away: each number
/// that is told may be meant for ten others.
/// </summary>
public static class Crowd
{
    /// <summary>The least that is told, and the step of what is told.</summary>
    public const int Step = 10;

    /// <summary>How a number is told; null if it is too small to be.</summary>
    public static long? Told(long people) => people < Step ? null : people / Step * Step;
}
