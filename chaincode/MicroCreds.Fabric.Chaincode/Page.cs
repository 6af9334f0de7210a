namespace MicroCreds.Fabric.Chaincode;

/// <summary>One page of a query.</summary>
/// <param name="Items">The keys and values, in key order.</param>
/// <param name="Bookmark">Where the next page starts; empty after the last one (LevelDB).</param>
public sealed record Page(IReadOnlyList<KeyValue> Items, string Bookmark)
{
    /// <summary>Gets how many records the peer says it fetched for this page.</summary>
    public int FetchedCount { get; init; } = Items.Count;
}
