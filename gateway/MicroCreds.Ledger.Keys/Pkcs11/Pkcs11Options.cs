namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>Which token keys lie in, and how it is opened.</summary>
public sealed record Pkcs11Options
{
    /// <summary>The default of <see cref="MaxSessions"/>: 8.</summary>
    public const int DefaultMaxSessions = 8;

    /// <summary>The vendor's library, such as <c>/usr/lib/softhsm/libsofthsm2.so</c>.</summary>
    public required string Module { get; init; }

    /// <summary>The token's label.</summary>
    public required string Token { get; init; }

    /// <summary>A file with the user PIN; it is read whenever the token is opened.</summary>
    public required string PinFile { get; init; }

    /// <summary>How many sessions are open at most, and so how many sign at once. Default is 8.</summary>
    public int MaxSessions { get; init; } = DefaultMaxSessions;

    /// <summary>How long one operation may take, the waiting for a session included. Default is 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
