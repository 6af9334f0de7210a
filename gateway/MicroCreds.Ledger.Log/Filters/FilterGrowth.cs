using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Filters;

/// <summary>
/// Tells leaf after leaf what is listed, or is not any more: whatever was last said not to be in force; what was
/// reinstated with a key that had been stolen; and each issuance as a whole that was signed with such a key.
/// Not thread-safe.
/// </summary>
/// <param name="size">The number of leaves that were taken in.</param>
/// <param name="filter">What is listed after them.</param>
/// <param name="places">What is known of them.</param>
public sealed class FilterGrowth(long size, StatusFilter filter, IStatusPlaces places)
{
    private readonly HashSet<FilterEntry> _changed = [];
    private HashSet<FilterEntry> _pending = [];

    /// <summary>The number of the next leaf.</summary>
    public long Size { get; private set; } = size;

    /// <summary>The filter, once <see cref="Settle"/> was called.</summary>
    public StatusFilter Filter { get; private set; } = filter;

    /// <summary>What is listed now and was not at the beginning, or the other way round.</summary>
    public IReadOnlyCollection<FilterEntry> Changed => _changed;

    /// <summary>Makes that of an empty log, in memory.</summary>
    public static FilterGrowth New() => new(0, StatusFilter.Empty, new RememberedPlaces());

    /// <summary>Goes on to the next leaf.</summary>
    internal void Next() => Size++;

    /// <summary>Brings the filter up to the leaves that were taken in.</summary>
    /// <returns>Whether it is another one than before.</returns>
    internal bool Settle()
    {
        if (_pending.Count == 0) return false;
        Filter = Filter.With(_pending);
        _changed.SymmetricExceptWith(_pending);
        _pending = [];
        return true;
    }

    /// <summary>Takes in an issuance, which the next leaf holds.</summary>
    /// <param name="statement">It.</param>
    /// <param name="moment">The moment of its block.</param>
    /// <param name="stolenSince">Since when a key of the institution is stolen, by the leaves before.</param>
    internal void Take(IssuanceStatement statement, DateTimeOffset moment, Func<string, DateTimeOffset?> stolenSince)
    {
        byte[] place = PlaceOf(statement.MspId, statement.Root);
        if (moment >= stolenSince(statement.KeyId)) Turn(new FilterEntry(Size, FilterEntry.Whole));
        foreach (var said in places.SaidAt(place))
        {
            if (IsListed(said, stolenSince(said.KeyId))) Turn(new FilterEntry(Size, said.Index));
        }

        places.Add(new PlacedIssuance(place, Size, statement.MspId, statement.KeyId, moment));
    }

    /// <summary>Takes in what was said of a credential.</summary>
    /// <param name="statement">It.</param>
    /// <param name="moment">The moment of its block.</param>
    /// <param name="stolenSince">Since when a key of the institution is stolen, by the leaves before.</param>
    internal void Take(StatusStatement statement, DateTimeOffset moment, Func<string, DateTimeOffset?> stolenSince)
    {
        if (statement.Index is < 0 or >= Limits.MaxIssuanceSize) return;
        byte[] place = PlaceOf(statement.MspId, statement.Root);
        var before = places.FindSaid(place, statement.Index);
        var now = new SaidStatus(
            place, statement.Index, statement.State == CredentialState.InForce, statement.MspId, statement.KeyId,
            moment);
        bool wasListed = before is not null && IsListed(before, stolenSince(before.KeyId));
        if (wasListed != IsListed(now, stolenSince(now.KeyId))) TurnAt(place, statement.Index);
        places.Put(now);
    }

    /// <summary>Takes in that a key was reported stolen, as of another time, or is not any more.</summary>
    /// <param name="mspId">Whose key.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="before">Since when it was stolen by the leaves before.</param>
    /// <param name="now">Since when it is now.</param>
    internal void Take(string mspId, string keyId, DateTimeOffset? before, DateTimeOffset? now)
    {
        if (before == now) return;
        foreach (var issuance in places.IssuancesBy(mspId, keyId))
        {
            if (issuance.Moment >= before != issuance.Moment >= now)
                Turn(new FilterEntry(issuance.Leaf, FilterEntry.Whole));
        }

        foreach (var said in places.ReinstatedBy(mspId, keyId))
        {
            if (IsListed(said, before) != IsListed(said, now)) TurnAt(said.Place, said.Index);
        }
    }

    private static bool IsListed(SaidStatus said, DateTimeOffset? stolenSince) =>
        !said.IsInForce || said.Moment >= stolenSince;

    private static byte[] PlaceOf(string mspId, string root) => Standing.StandingNode.KeyOf("issuance", mspId, root);

    private void TurnAt(byte[] place, int index)
    {
        foreach (var issuance in places.IssuancesAt(place)) Turn(new FilterEntry(issuance.Leaf, index));
    }

    private void Turn(FilterEntry entry)
    {
        if (!_pending.Remove(entry)) _pending.Add(entry);
    }
}
