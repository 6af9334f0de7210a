using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Voting;

/// <summary>A question that can be put to the members as things stand.</summary>
/// <param name="Action">What is asked, one of <see cref="BallotAction"/>.</param>
/// <param name="Subject">The institution that it is about.</param>
/// <param name="Identity">The digest of the identity that it is about, if it is about one.</param>
public sealed record BallotChoice(string Action, string Subject, string? Identity)
{
    /// <summary>What that identity is called.</summary>
    public string Called { get; init; } = "";

    /// <summary>Lists all that would change something.</summary>
    public static IReadOnlyList<BallotChoice> Of(LedgerProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var shared = projection.Shared;
        return
        [
            .. projection.Institutions.Values.OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase)
                .SelectMany(one => About(one, shared)).OrderBy(one => one.Action, StringComparer.Ordinal),
        ];
    }

    /// <summary>The choice as a form carries it.</summary>
    public override string ToString() => $"{Action} {Subject} {Identity}".TrimEnd();

    private static IEnumerable<BallotChoice> About(Institution one, SharedRecords shared)
    {
        yield return new BallotChoice(
            shared.Consortium.IsAccreditor(one.MspId) ? BallotAction.RemoveAccreditor : BallotAction.AdmitAccreditor,
            one.MspId, null);
        if (shared.Members.MspIds.Contains(one.MspId))
            yield return new BallotChoice(BallotAction.RemoveMember, one.MspId, null);
        else if (shared.Members.Former.Any(former => former.MspId == one.MspId))
            yield return new BallotChoice(BallotAction.AdmitMember, one.MspId, null);
        if (one.Proposed is { } proposed)
        {
            yield return new BallotChoice(BallotAction.ConfirmIdentity, one.MspId, proposed.Digest())
            {
                Called = proposed.Name,
            };
        }

        // Who is a member stands by the identity in force.
        bool isMember = shared.Members.MspIds.Contains(one.MspId);
        foreach (var identity in one.Identities.Where(known => known.GivenUpAt is null
            && (known.Until is not null || !isMember)).DistinctBy(known => known.Digest()))
        {
            yield return new BallotChoice(BallotAction.GiveUpIdentity, one.MspId, identity.Digest())
            {
                Called = identity.Name,
            };
        }
    }
}
