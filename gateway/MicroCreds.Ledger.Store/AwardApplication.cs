namespace MicroCreds.Ledger.Store;

/// <summary>A learner's application for the award of a pathway.</summary>
public sealed record AwardApplication
{
    /// <summary>Names it; not secret.</summary>
    public required Guid Id { get; init; }

    /// <summary>The pathway, by its id at this institution.</summary>
    public required string Pathway { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>Whose the credentials are, as they say themselves.</summary>
    public required string Learner { get; init; }

    /// <summary>Where the award is sent; none if nowhere.</summary>
    public MailTo? MailTo { get; init; }

    /// <summary>One of <see cref="AwardApplicationState"/>.</summary>
    public required string State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The issuing request that waits for another person's approval, while it does.</summary>
    public string? Request { get; init; }

    /// <summary>The award: the UUID of its identifier, once there is one.</summary>
    public Guid? Credential { get; init; }

    /// <summary>Who decided, or is awarding it, as JSON.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it was declined.</summary>
    public string? Reason { get; init; }
}

/// <summary>How far an application is.</summary>
public static class AwardApplicationState
{
    /// <summary>Nobody has decided.</summary>
    public const string Waiting = "waiting";

    /// <summary>It is being issued: another person has to approve, or it stopped halfway and is taken up again.
    /// </summary>
    public const string Awarding = "awarding";

    /// <summary>The award is on the ledger.</summary>
    public const string Awarded = "awarded";

    /// <summary>The award was not made.</summary>
    public const string Declined = "declined";

    /// <summary>
    /// It was awarded long ago: what is kept is which credentials led to which award, and nothing of the learner.
    /// </summary>
    internal const string Past = "past";

    /// <summary>What is still to be brought to an end.</summary>
    public static readonly IReadOnlyList<string> Open = [Waiting, Awarding];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Waiting, Awarding, Awarded, Declined];
}
