using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>What a ballot would change, were it accepted now.</summary>
/// <param name="What">members, accreditors or identity: what changes.</param>
/// <param name="Before">Who they are now; of an identity, what it says, as <c>name: Aurora</c>.</param>
/// <param name="After">Who they would be then, or what it would say.</param>
/// <param name="Voters">Who may vote.</param>
/// <param name="Needed">How many votes for it decide.</param>
public sealed record BallotEffect(
    string What, IReadOnlyList<string> Before, IReadOnlyList<string> After, IReadOnlyList<string> Voters, int Needed)
{
    /// <summary>Who the members are.</summary>
    public const string Members = "members";

    /// <summary>Who accredits.</summary>
    public const string Accreditors = "accreditors";

    /// <summary>Who an institution is.</summary>
    public const string Identity = "identity";

    /// <summary>Tells it of a question.</summary>
    /// <param name="action">What is asked, one of <see cref="BallotAction"/>.</param>
    /// <param name="subject">The institution that it is about.</param>
    /// <param name="identity">The digest of the identity that it is about, if it is about one.</param>
    /// <param name="projection">What stands now.</param>
    public static BallotEffect Of(string action, string subject, string? identity, LedgerProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var members = projection.Shared.Members.MspIds;
        string[] accreditors =
        [
            .. projection.Shared.Consortium.Accreditors.Where(term => term.Until is null).Select(term => term.MspId)
                .Order(StringComparer.Ordinal),
        ];
        var voters = BallotAction.Electorate(action, subject, members);
        var institution = projection.Institutions.GetValueOrDefault(subject);
        var (what, before, after) = action switch
        {
            BallotAction.AdmitAccreditor => (Accreditors, accreditors, With(accreditors, subject)),
            BallotAction.RemoveAccreditor => (Accreditors, accreditors, Without(accreditors, subject)),
            BallotAction.RemoveMember => (Members, members, Without(members, subject)),
            BallotAction.AdmitMember => (Members, members, With(members, subject)),
            BallotAction.ConfirmIdentity =>
                (Identity, Lines(institution?.Standing), Lines(FindIdentity(institution, identity))),
            _ => (Identity, Lines(FindIdentity(institution, identity)), DidOf(FindIdentity(institution, identity))),
        };
        return new BallotEffect(what, before, after, voters, (voters.Count / 2) + 1);
    }

    /// <summary>Finds an identity of an institution by its digest: a proposed or an earlier one.</summary>
    public static InstitutionIdentity? FindIdentity(Institution? institution, string? digest) =>
        digest is null ? null
        : institution?.Proposed?.Digest() == digest ? institution.Proposed
        : institution?.Identities.LastOrDefault(one => one.Digest() == digest);

    // What is given up is free for others, but its DID is not.
    private static string[] DidOf(InstitutionIdentity? identity) => identity is null ? [] : [$"did: {identity.Did}"];

    private static string[] Lines(InstitutionIdentity? identity) => identity is null
        ? []
        :
        [
            $"name: {identity.Name}", $"country: {identity.Country}", $"did: {identity.Did}",
            .. identity.Website is { } website ? [$"website: {website}"] : Array.Empty<string>(),
            .. identity.Identifiers.OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => $"{one.Key}: {one.Value}"),
        ];

    private static IReadOnlyList<string> With(IReadOnlyList<string> all, string one) =>
        [.. all.Append(one).Distinct().Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Without(IReadOnlyList<string> all, string one) =>
        [.. all.Where(other => other != one)];
}
