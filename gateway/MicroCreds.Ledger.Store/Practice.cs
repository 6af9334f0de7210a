namespace MicroCreds.Ledger.Store;

/// <summary>A learner's practice for one rule, to which the learner agreed.</summary>
public sealed record Practice
{
    /// <summary>Names it; not secret. It is the registration (xAPI) and the account by which simulators know the
    /// learner.</summary>
    public required Guid Id { get; init; }

    /// <summary>The rule.</summary>
    public required string Rule { get; init; }

    /// <summary>What the learner gave as a name.</summary>
    public required string Learner { get; init; }

    /// <summary>Where the learner is written to; none if nowhere.</summary>
    public MailTo? MailTo { get; init; }

    /// <summary>When the link in a mail to that address was followed; none if it was not.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>One of <see cref="PracticeState"/>.</summary>
    public required string State { get; init; }

    /// <summary>When the learner agreed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something was done with it last.</summary>
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>What was asked with, as JSON; none before that.</summary>
    public string? Evidence { get; init; }

    /// <summary>The issuing request that waits for another person's approval, while it does.</summary>
    public string? Request { get; init; }

    /// <summary>The credential: the UUID of its identifier, once there is one.</summary>
    public Guid? Credential { get; init; }

    /// <summary>Who decided, or is issuing it, as JSON.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it was declined.</summary>
    public string? Reason { get; init; }
}

/// <summary>How far a practice is.</summary>
public static class PracticeState
{
    /// <summary>The learner practises.</summary>
    public const string Open = "open";

    /// <summary>The learner asked for the credential, and nobody has decided.</summary>
    public const string Asked = "asked";

    /// <summary>It is being issued, or another person has to approve.</summary>
    public const string Issuing = "issuing";

    /// <summary>The credential is on the ledger.</summary>
    public const string Issued = "issued";

    /// <summary>The credential was not issued.</summary>
    public const string Declined = "declined";

    /// <summary>What is to be brought to an end.</summary>
    public static readonly IReadOnlyList<string> Undecided = [Asked, Issuing];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Open, Asked, Issuing, Issued, Declined];
}

/// <summary>One launch of a simulator.</summary>
public sealed record PracticeSession
{
    /// <summary>Names it; not secret.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose.</summary>
    public required Guid Practice { get; init; }

    /// <summary>The simulator.</summary>
    public required string Simulator { get; init; }

    /// <summary>The activity, as an IRI.</summary>
    public required string Activity { get; init; }

    /// <summary>When it was launched.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the simulator said that it is over.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
