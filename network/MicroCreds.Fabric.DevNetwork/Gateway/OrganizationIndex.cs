namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>
/// Numbers the organisations of a channel, so that a set of them is 64 bits: policies of many members have thousands of
/// sets. Thread-safe.
/// </summary>
internal sealed class OrganizationIndex(IEnumerable<string> mspIds)
{
    /// <summary>How many organisations there can be.</summary>
    public const int MaxOrganizations = 64;

    private readonly string[] _mspIds = [.. mspIds.Distinct().Order(StringComparer.Ordinal).Take(MaxOrganizations)];

    /// <summary>All organisations.</summary>
    public IReadOnlyList<string> MspIds => _mspIds;

    /// <summary>The set of one organisation; the empty one if it is none of the channel's.</summary>
    public ulong SetOf(string mspId)
    {
        int index = Array.BinarySearch(_mspIds, mspId, StringComparer.Ordinal);
        return index < 0 ? 0 : 1UL << index;
    }

    /// <summary>The set of all organisations of which something holds.</summary>
    public ulong SetWhere(Func<string, bool> holds) =>
        _mspIds.Where(holds).Aggregate(0UL, (set, mspId) => set | SetOf(mspId));

    /// <summary>The organisations of a set, in ordinal order.</summary>
    public string[] In(ulong set) => [.. _mspIds.Where(mspId => (SetOf(mspId) & set) != 0)];
}
