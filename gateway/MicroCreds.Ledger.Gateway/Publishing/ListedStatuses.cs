using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// What is said against credentials, by the status list that they stand in: read once from the projection, and brought
/// up to date by the changes of the blocks since. Thread-safe.
/// </summary>
/// <remarks>
/// Software that knows nothing of the ledger goes by the list alone: what a thief issued, or reinstated, is set in it.
/// </remarks>
public sealed class ListedStatuses(LedgerProjection projection, ProjectedRecords records)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<(string MspId, string List), ListOfStatuses> _lists = [];
    private ulong? _upTo;

    /// <summary>
    /// Tells how often a list was changed since this service started, up to the projection's newest block.
    /// </summary>
    public long VersionOf(StatusListName name)
    {
        lock (_turn)
        {
            CatchUp();
            return _lists.TryGetValue((name.MspId, name.List), out var list) ? list.Version : 0;
        }
    }

    /// <summary>Packs what a list says as of the projection's newest block.</summary>
    /// <param name="name">The list.</param>
    /// <param name="institution">The institution, whose stolen keys are not believed when they bring good news.</param>
    /// <param name="ledger">The ledger that statements must be made for.</param>
    public (Bitstring Bits, long Version) Read(
        StatusListName name, Institution institution, string ledger)
    {
        lock (_turn)
        {
            CatchUp();
            var list = _lists.GetValueOrDefault((name.MspId, name.List)) ?? new ListOfStatuses();
            var set = list.Entries.Values.Where(entry => IsSet(entry, name.Purpose, institution, ledger))
                .Select(entry => entry.Position);
            if (name.Purpose == StatusPurpose.Revocation)
                set = set.Concat(ListStolen(name, institution));
            return (Bitstring.Of(Limits.StatusListSize, set), list.Version);
        }
    }

    private static bool IsSet(Entry entry, string purpose, Institution institution, string ledger) =>
        entry.State is null || (purpose == StatusPurpose.Revocation
            ? entry.State == CredentialState.Revoked
            : entry.State == CredentialState.Suspended
                || (entry.Reinstated is { } by && !IsBelieved(by, institution, ledger)));

    // As the verifier judges it: a thief could have lifted the suspension.
    private static bool IsBelieved(ProjectedRecord<Status> reinstated, Institution institution, string ledger) =>
        StatementRule.StandingOf(
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

    private void CatchUp()
    {
        // Taken first: what is read afterwards is at least as new.
        if (projection.Head is not { } head || head.Block <= _upTo)
            return;
        foreach (var status in records.ListStatuses((long?)_upTo ?? -1))
            Take(status);
        _upTo = head.Block;
    }

    private void Take(StandingStatus status)
    {
        if (FindIssuance(status.MspId, status.Root) is not { } issuance
            || StatusListOrder.PositionOf(issuance, status.Index) is not { } position)
            return;
        if (!_lists.TryGetValue((issuance.MspId, issuance.StatusList), out var list))
            _lists[(issuance.MspId, issuance.StatusList)] = list = new ListOfStatuses();
        list.Version++;

        // By the credential, not by the position: should two ever share one, the worse news holds for both.
        string? state = status.Status?.Record.Statement.State;
        list.Entries[(status.Root, status.Index)] = new Entry(
            position, state, state == CredentialState.InForce ? status.Status : null);
    }

    /// <summary>Finds an issuance; of one that cannot be read no list is published at all.</summary>
    private IssuanceStatement? FindIssuance(string mspId, string root) =>
        records.Unreadable.Has(RecordKey.Issuance(mspId, root))
            ? null : records.FindIssuance(mspId, root)?.Record.Statement;

    private sealed class ListOfStatuses
    {
        public Dictionary<(string Root, int Index), Entry> Entries { get; } = [];

        public long Version { get; set; }
    }

    /// <summary>What a credential's place in the list says.</summary>
    /// <param name="Position">The place.</param>
    /// <param name="State">The credential's state; none if it cannot be read, which is never good news.</param>
    /// <param name="Reinstated">What lifted its suspension.</param>
    private sealed record Entry(int Position, string? State, ProjectedRecord<Status>? Reinstated);
}
