namespace MicroCreds.Ledger.Log.Filters;

/// <summary>
/// What a <see cref="StatusFilter"/> lists: a credential, by the number of its issuance's leaf in the log and its index
/// in the issuance; or the issuance with all that are in it.
/// </summary>
/// <param name="Leaf">The number of the leaf, from 0.</param>
/// <param name="Index">The index, from 0; <see cref="Whole"/> for the issuance.</param>
public readonly record struct FilterEntry(long Leaf, int Index)
{
    /// <summary>Stands in the place of an index for all of an issuance.</summary>
    public const int Whole = -1;

    /// <summary>The order of the log: by leaf, the whole before its parts.</summary>
    internal static Comparer<FilterEntry> Order { get; } = Comparer<FilterEntry>.Create((one, other) =>
        one.Leaf != other.Leaf ? one.Leaf.CompareTo(other.Leaf) : one.Index.CompareTo(other.Index));
}
