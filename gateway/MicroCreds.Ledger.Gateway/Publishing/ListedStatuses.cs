using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// What is said against credentials, by the status list that they stand in, as the projection keeps it: nothing of it
/// is held in memory. Thread-safe.
/// </summary>
/// <remarks>
/// Software that knows nothing of the ledger goes by the list alone: what a thief issued, or reinstated, is set in it.
/// </remarks>
public sealed class ListedStatuses(LedgerProjection projection, ProjectedRecords records)
{
    /// <summary>The most lists whose versions are remembered; beyond it the memory starts anew.</summary>
    private const int MaxVersions = 4096;

    private readonly Lock _turn = new();
    private readonly Dictionary<(string MspId, string List), long> _versions = [];
    private ulong? _upTo;

    /// <summary>Tells how often a list was changed, up to the projection's newest block.</summary>
    public long VersionOf(StatusListName name)
    {
        lock (_turn)
        {
            // Taken first: what is read afterwards is at least as new.
            ulong? head = projection.Head?.Block;
            if (head != _upTo || _versions.Count >= MaxVersions)
            {
                _versions.Clear();
                _upTo = head;
            }

            if (!_versions.TryGetValue((name.MspId, name.List), out long version))
                _versions[(name.MspId, name.List)] = version = records.VersionOfList(name.MspId, name.List);
            return version;
        }
    }

    /// <summary>Packs what a list says as of the projection's newest block.</summary>
    /// <param name="name">The list.</param>
    /// <param name="institution">The institution, whose stolen keys are not believed when they bring good news.</param>
    /// <param name="ledger">The ledger that statements must be made for.</param>
    public (Bitstring Bits, long Version) Read(
        StatusListName name, Institution institution, string ledger)
    {
        // First the version: what is read afterwards is at least as new, and made again if it is newer.
        long version = VersionOf(name);
        bool isRevocation = name.Purpose == StatusPurpose.Revocation;
        byte[] places = isRevocation
            ? records.ReadRevoked(name.MspId, name.List) : new byte[Limits.StatusListSize / 8];
        var more = records.ListUnreadablePlaces(name.MspId, name.List).Concat(isRevocation
            ? ListStolen(name, institution)
            : records.ListOtherPlaces(name.MspId, name.List)
                .Where(one => IsSuspended(one, institution, ledger)).Select(one => one.Place));
        return (Bitstring.Of(places, more), version);
    }

    private bool IsSuspended(ListedPlace one, Institution institution, string ledger) =>
        one.State == CredentialState.Suspended
        || (one.State == CredentialState.InForce && !IsBelieved(one, institution, ledger));

    // As the verifier judges it: a thief could have lifted the suspension.
    private bool IsBelieved(ListedPlace one, Institution institution, string ledger) =>
        records.FindStatusRecord(one.Key) is { } reinstated
        && StatementRule.StandingOf(
            reinstated.Record.Statement, reinstated.Record.Signature, ledger, institution,
            new WritingTime(reinstated.Written.Time, reinstated.Record.ChangedAt)) == StatementStanding.Counts;

    /// <summary>Lists the places of what was issued with a key while it was in other hands.</summary>
    private IEnumerable<int> ListStolen(StatusListName name, Institution institution) =>
        from key in institution.Keys
        where key.CompromisedSince is not null
        from issuance in records.ListIssuances(name.MspId, name.List, key.Id, key.CompromisedSince!.Value)
        from index in Enumerable.Range(0, issuance.Size)
        let position = StatusListOrder.PositionOf(issuance, index)
        where position is not null
        select position.Value;
}
