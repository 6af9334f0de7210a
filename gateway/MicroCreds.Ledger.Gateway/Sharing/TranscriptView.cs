using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>Several credentials of one learner as a record of achievements.</summary>
/// <param name="Learner">The learner; none where the name is withheld, or the credentials are for several.</param>
/// <param name="Learners">For how many people they are.</param>
/// <param name="Items">The credentials, the newest first.</param>
public sealed record TranscriptView(string? Learner, int Learners, IReadOnlyList<TranscriptItem> Items)
{
    /// <summary>The ECTS credits of those that stand, each achievement once. Others are not added to them.</summary>
    public double Credits => Items.Where(one => one is { Stands: true, CreditSystem: null or CredentialContent.Ects })
        .GroupBy(one => one.AchievementId ?? one.Id).Sum(group => group.Max(one => one.Credits ?? 0));
}

/// <summary>A credential in a record of achievements.</summary>
public sealed record TranscriptItem
{
    /// <summary>The credential's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Where anybody sees whether it stands.</summary>
    public required string Url { get; init; }

    /// <summary>Names what it is for.</summary>
    internal string? AchievementId { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>Who awarded it.</summary>
    public string? AwardingBody { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? AwardedAt { get; init; }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>inForce, suspended, revoked, expired, notValid or notVerified.</summary>
    public required string State { get; init; }

    /// <summary>How many credits it counts, in <see cref="CreditSystem"/>.</summary>
    public double? Credits { get; init; }

    /// <summary>What they are counted in.</summary>
    public string? CreditSystem { get; init; }

    /// <summary>Its level in the European Qualifications Framework.</summary>
    public string? EqfLevel { get; init; }

    /// <summary>Whether it stands.</summary>
    internal bool Stands => State == Model.CredentialState.InForce;

    /// <summary>How the state is coloured.</summary>
    internal string Tone => OwnStandings.ToneOf(State);
}
