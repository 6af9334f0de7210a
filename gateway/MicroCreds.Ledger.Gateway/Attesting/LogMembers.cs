using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Witnessing;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Which keys the members sign the log's heads with, as the ledger has them. Thread-safe.
/// </summary>
public sealed class LogMembers(LedgerProjection projection)
{
    /// <summary>The present members with all keys of theirs that ever counted; one may have none yet.</summary>
    public IReadOnlyList<TrustedCosigner> All =>
        [.. projection.Shared.Members.MspIds.Order(StringComparer.Ordinal).Select(Of)];

    /// <summary>The present members.</summary>
    public IEnumerable<string> MspIds => projection.Shared.Members.MspIds;

    /// <summary>The keys of a member that are in force; none if it has none, or is no member.</summary>
    public IReadOnlyList<NoteKey> KeysOf(string mspId) => projection.Shared.Members.MspIds.Contains(mspId)
        ? [.. Of(mspId).Keys.Where(key => key.Until is null).Select(key => NoteKey.Parse(key.Key))] : [];

    /// <summary>
    /// The keys that institutions withdrew, by the ledger, each as a member's and as the one that signs as the log.
    /// </summary>
    public IReadOnlySet<string> Withdrawn()
    {
        string ledger = projection.Shared.Ledger;
        return projection.Institutions.Values
            .SelectMany(one => one.LogKeys.Where(key => key.RevokedAt is not null)
                .SelectMany(key => MemberCosigner.KeysOf(ledger, one.MspId, key)))
            .SelectMany(member => new[] { member, MemberCosigner.LogKeyOf(ledger, member) })
            .OfType<NoteKey>()
            .Select(key => $"{key}")
            .ToHashSet(StringComparer.Ordinal);
    }

    private TrustedCosigner Of(string mspId) => MemberCosigner.Of(
        projection.Shared.Ledger, mspId, projection.Institutions.GetValueOrDefault(mspId)?.Keys ?? []);
}
