using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>An agreement put together out of its parts: every version, who accepted it, and who left.</summary>
public sealed record Agreement
{
    /// <summary>The agreement's name.</summary>
    public required string Id { get; init; }

    /// <summary>All versions that were proposed, ascending.</summary>
    public required IReadOnlyList<AgreementVersion> Versions { get; init; }

    /// <summary>The notices of those who leave.</summary>
    public IReadOnlyList<AgreementPart> Notices { get; init; } = [];

    /// <summary>The newest version.</summary>
    [JsonIgnore]
    public AgreementVersion Newest => Versions[^1];

    /// <summary>Puts parts of one agreement together.</summary>
    /// <returns>The agreement; null without a proposal.</returns>
    public static Agreement? Of(IReadOnlyList<AgreementPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var proposals = parts.Where(part => part.Proposal is not null)
            .OrderBy(part => part.Proposal!.Statement.Version).ToList();
        if (proposals.Count == 0) return null;

        return new Agreement
        {
            Id = proposals[0].Proposal!.Statement.Id,
            Versions = [.. proposals.Select(proposal => AgreementVersion.Of(proposal, parts))],
            Notices = [.. parts.Where(part => part.Notice is not null)],
        };
    }

    /// <summary>Whether the newest version can still be accepted by who has not.</summary>
    /// <param name="time">The time.</param>
    public bool IsOpenAt(DateTimeOffset time) =>
        Newest.Awaits.Count > 0 && !(Newest.Terms.ValidUntil <= time) && TurnedDownBy is null;

    /// <summary>The party that gave notice before all had accepted the newest version; null if none did.</summary>
    [JsonIgnore]
    public string? TurnedDownBy => Newest.Awaits.Count == 0
        ? null
        : Newest.Terms.Parties.FirstOrDefault(party => LeavesAt(party) is not null);

    /// <summary>Tells when a party's notice takes effect; null if it gave none.</summary>
    public DateTimeOffset? LeavesAt(string mspId) =>
        Notices.FirstOrDefault(notice => notice.Notice!.Statement.MspId == mspId)?.EndsAt;

    /// <summary>The version that rules awards of a time, as it is known at another.</summary>
    /// <param name="awardedAt">When the award was anchored.</param>
    /// <param name="knownAt">When it is asked: what was accepted later does not count yet.</param>
    public AgreementVersion? VersionAt(DateTimeOffset awardedAt, DateTimeOffset knownAt)
    {
        AgreementVersion? ruling = null;
        for (int i = 0; i < Versions.Count; i++)
        {
            var version = Versions[i];
            if (version.AcceptedAt is not { } accepted || accepted > knownAt) continue;
            if (ruling is null || version.RulesFrom(isFirst: false) <= awardedAt) ruling = version;
        }

        return ruling;
    }

    /// <summary>
    /// Tells which versions rule when, the earliest first: as <see cref="VersionAt"/> does for each moment.
    /// </summary>
    /// <param name="knownAt">When it is asked: what was accepted later does not count yet.</param>
    public IReadOnlyList<AgreementReign> ReignsAt(DateTimeOffset knownAt)
    {
        List<AgreementVersion> accepted = [.. Versions.Where(version => version.AcceptedAt <= knownAt)];
        var reigns = new List<AgreementReign>();
        DateTimeOffset? until = null;
        for (int i = accepted.Count - 1; i >= 0; i--)
        {
            // One that a later version precedes never rules.
            var from = accepted[i].RulesFrom(isFirst: i == 0);
            if (from >= until) continue;
            reigns.Add(new AgreementReign(accepted[i], from, until));
            until = from;
        }

        reigns.Reverse();
        return reigns;
    }

    /// <summary>
    /// Tells when one party's awards stop counting at another; null while no end is set.
    /// </summary>
    /// <param name="terms">The version that rules.</param>
    /// <param name="one">A party.</param>
    /// <param name="other">Another.</param>
    public DateTimeOffset? EndFor(AgreementStatement terms, string one, string other)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var end = terms.ValidUntil;
        for (int i = 0; i < Notices.Count; i++)
        {
            string leaving = Notices[i].Notice!.Statement.MspId;
            if ((leaving == one || leaving == other) && !(Notices[i].EndsAt >= end)) end = Notices[i].EndsAt;
        }

        return end;
    }

    /// <summary>The version that was accepted last; null while none is.</summary>
    [JsonIgnore]
    public AgreementVersion? Accepted => Versions.LastOrDefault(version => version.AcceptedAt is not null);
}

/// <summary>One version of an agreement.</summary>
public sealed record AgreementVersion
{
    /// <summary>The proposal.</summary>
    public required AgreementPart Proposal { get; init; }

    /// <summary>The other parties' acceptances.</summary>
    public IReadOnlyList<AgreementPart> Acceptances { get; init; } = [];

    /// <summary>The parties whose acceptance is missing.</summary>
    public IReadOnlyList<string> Awaits { get; init; } = [];

    /// <summary>When the last party accepted; absent while one is missing.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>What was proposed.</summary>
    [JsonIgnore]
    public AgreementStatement Terms => Proposal.Proposal!.Statement;

    /// <summary>From when on it rules awards.</summary>
    /// <remarks>
    /// Only the first version may look back: an amendment does not take away what an award was worth.
    /// </remarks>
    internal DateTimeOffset RulesFrom(bool isFirst) =>
        !isFirst && AcceptedAt > Terms.ValidFrom ? AcceptedAt.Value : Terms.ValidFrom;

    internal static AgreementVersion Of(AgreementPart proposal, IReadOnlyList<AgreementPart> parts)
    {
        var terms = proposal.Proposal!.Statement;
        List<AgreementPart> acceptances =
            [.. parts.Where(part => part.Acceptance?.Statement.Version == terms.Version)];
        List<string> awaits =
        [
            .. terms.Parties.Where(party => party != terms.MspId
                && acceptances.All(part => part.Acceptance!.Statement.MspId != party)),
        ];
        return new AgreementVersion
        {
            Proposal = proposal,
            Acceptances = acceptances,
            Awaits = awaits,
            AcceptedAt = awaits.Count > 0
                ? null
                : acceptances.Select(part => part.WrittenAt).Append(proposal.WrittenAt).Max(),
        };
    }
}

/// <summary>The time for which a version rules awards.</summary>
/// <param name="Version">The version.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until the next one; none while no other follows.</param>
public sealed record AgreementReign(AgreementVersion Version, DateTimeOffset From, DateTimeOffset? Until);
