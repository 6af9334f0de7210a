namespace MicroCreds.Ledger.Store;

/// <summary>Credentials that are asked for, and issued once somebody else approves, or at a day to come.</summary>
public sealed record IssuingRequest
{
    /// <summary>Its name in addresses: 32 hexadecimal digits, in the order of time.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="IssuanceKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="IssuingRequestState"/>.</summary>
    public required string State { get; init; }

    /// <summary>How many rows.</summary>
    public required int Size { get; init; }

    /// <summary>What a repeated request has in common with the first.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>The SHA-256 of the canonical request under the store's secret.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>Who asked, as JSON.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The parts that a pathway's award is made up of, as JSON.</summary>
    public string? Parts { get; init; }

    /// <summary>The UUID of the credential that it takes the place of.</summary>
    public string? Corrects { get; init; }

    /// <summary>Where the rows are from.</summary>
    public IssuanceSource Source { get; init; } = new();

    /// <summary>The day and hour that it is issued at, as it was asked for, with its time zone.</summary>
    public string? Due { get; init; }

    /// <summary>The moment that this is.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Who approved it, turned it down or withdrew it, as JSON.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The issuance that it became, by its id.</summary>
    public string? Issuance { get; init; }

    /// <summary>Why nothing was issued although it was approved; or why what it corrects stands.</summary>
    public string? Outcome { get; init; }
}

/// <summary>The states of a request.</summary>
public static class IssuingRequestState
{
    /// <summary>Another person has to approve it.</summary>
    public const string Waiting = "waiting";

    /// <summary>It is issued as soon as its day has come.</summary>
    public const string Approved = "approved";

    /// <summary>It has become an issuance.</summary>
    public const string Issued = "issued";

    /// <summary>Somebody else has said no.</summary>
    public const string TurnedDown = "turnedDown";

    /// <summary>It was taken back before it was issued.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>It was approved and could not be issued.</summary>
    public const string Failed = "failed";

    /// <summary>All of them, those that something is still to happen to first.</summary>
    public static readonly IReadOnlyList<string> All = [Waiting, Approved, Failed, Issued, TurnedDown, Withdrawn];
}
