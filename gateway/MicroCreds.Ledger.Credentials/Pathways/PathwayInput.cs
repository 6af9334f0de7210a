using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways;

/// <summary>All that an evaluation goes by.</summary>
public sealed record PathwayInput
{
    /// <summary>The pathway.</summary>
    public required Pathway Pathway { get; init; }

    /// <summary>What the learner has, valid ones only.</summary>
    public required IReadOnlyList<EarnedAchievement> Earned { get; init; }

    /// <summary>What can still be taken.</summary>
    public IReadOnlyList<Achievement> Catalogue { get; init; } = [];

    /// <summary>What the pathway's owner recognises of other institutions. Default is nothing.</summary>
    public RecognizedAs RecognizedAs { get; init; } = (_, _) => [];

    /// <summary>What the pathway's owner recognises of another consortium's awards. Default is nothing.</summary>
    public RecognizedAbroad RecognizedAbroad { get; init; } = _ => [];

    /// <summary>The moment that ages are counted from.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>What the learner wants besides. Default is nothing.</summary>
    public PathwayGoal Goal { get; init; } = new();
}

/// <summary>An achievement that the learner has a valid credential for.</summary>
/// <param name="CredentialId">The credential's identifier.</param>
/// <param name="Achievement">The achievement as it is published.</param>
/// <param name="EarnedAt">From when on the credential is valid.</param>
public sealed record EarnedAchievement(string CredentialId, Achievement Achievement, DateTimeOffset EarnedAt)
{
    /// <summary>
    /// When it was anchored, which agreements go by: nobody can set it back. Default is <see cref="EarnedAt"/>.
    /// </summary>
    public DateTimeOffset AnchoredAt { get; init; } = EarnedAt;

    /// <summary>
    /// The ledger of another consortium, whose member awarded it: no pathway here names such an achievement, and it
    /// counts as agreements have it. Default is none: it is of this consortium.
    /// </summary>
    public string? Ledger { get; init; }
}

/// <summary>Says what another institution's achievement counts as at the pathway's owner.</summary>
/// <param name="achievement">The achievement.</param>
/// <param name="anchoredAt">When its credential was anchored; for one still to be taken, now.</param>
/// <returns>One entry for each clause of an agreement that recognises it; none where nothing does.</returns>
public delegate IReadOnlyList<RecognizedAchievement> RecognizedAs(Achievement achievement, DateTimeOffset anchoredAt);

/// <summary>Says what another consortium's award counts as at the pathway's owner.</summary>
/// <param name="earned">The award.</param>
/// <returns>One entry for each clause of an agreement that recognises it; none where nothing does.</returns>
public delegate IReadOnlyList<RecognizedAchievement> RecognizedAbroad(EarnedAchievement earned);

/// <summary>What an achievement counts as under one agreement.</summary>
public sealed record RecognizedAchievement
{
    /// <summary>The agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>The agreement's version.</summary>
    public required int AgreementVersion { get; init; }

    /// <summary>The agreement's clause, by whose bound a learner's credits are counted.</summary>
    public string Clause { get; init; } = "";

    /// <summary>The credits that it counts for.</summary>
    public required double Credits { get; init; }

    /// <summary>The owner's achievement that it stands for; none if it counts as itself.</summary>
    public AchievementReference? Equivalent { get; init; }

    /// <summary>The EQF level that it counts at; none is its own.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>The most credits that one learner may bring by the clause; none is any number.</summary>
    public double? MaxCreditsPerLearner { get; init; }
}

/// <summary>What the learner wants the next step to be good for.</summary>
public sealed record PathwayGoal
{
    /// <summary>Skills by their address or name.</summary>
    public IReadOnlyList<string> Skills { get; init; } = [];

    /// <summary>The EQF level aimed at.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>The most credits that the next step may take.</summary>
    public double? Credits { get; init; }
}

/// <summary>
/// So many groups contend for the same credentials that the best count cannot be found within bounds. Nothing is said
/// rather than something wrong.
/// </summary>
public sealed class PathwayTooTangledException()
    : Exception("Too many groups of the pathway contend for the same credentials: send fewer, only those that matter.");
