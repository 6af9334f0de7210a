using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Witnessing;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Which keys the members sign the log's heads with, as the ledger has them, and where their gateways are. Thread-safe.
/// </summary>
public sealed class LogMembers(LedgerProjection projection, MemberGateways gateways)
{
    /// <summary>The present members with all keys of theirs that ever counted; one may have none yet.</summary>
    public IReadOnlyList<TrustedCosigner> All =>
        [.. projection.Shared.Members.MspIds.Order(StringComparer.Ordinal).Select(Of)];

    /// <summary>The keys of a member that are in force; none if it has none, or is no member.</summary>
    public IReadOnlyList<NoteKey> KeysOf(string mspId) => projection.Shared.Members.MspIds.Contains(mspId)
        ? [.. Of(mspId).Keys.Where(key => key.Until is null).Select(key => NoteKey.Parse(key.Key))] : [];

    /// <summary>
    /// Where a member's gateway is: what the settings say of it; else at the address of its <c>did:web</c>, once the
    /// members have confirmed that. It ends in a slash. None if neither says it.
    /// </summary>
    public Uri? AddressOf(string mspId)
    {
        var named = gateways.NamedOf(mspId)?.AbsoluteUri;
        if (named is null && projection.Institutions.GetValueOrDefault(mspId) is { IsConfirmed: true } institution)
            named = IssuerIdentity.UrlOf(institution.Did);
        return named is not null && Uri.TryCreate(named.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            ? address : null;
    }

    /// <summary>
    /// Tells whether an institution withdrew a key, by the ledger: as a member's, or as the one that signs as the log.
    /// </summary>
    public bool IsWithdrawn(string verifierKey)
    {
        string ledger = projection.Shared.Ledger;
        return projection.Institutions.Values.Any(one => one.LogKeys.Any(key =>
            key.RevokedAt is not null && MemberCosigner.KeyOf(ledger, one.MspId, key) is { } member
            && (member.ToString() == verifierKey
                || MemberCosigner.LogKeyOf(ledger, member).ToString() == verifierKey)));
    }

    private TrustedCosigner Of(string mspId) => MemberCosigner.Of(
        projection.Shared.Ledger, mspId, projection.Institutions.GetValueOrDefault(mspId)?.Keys ?? []);
}
