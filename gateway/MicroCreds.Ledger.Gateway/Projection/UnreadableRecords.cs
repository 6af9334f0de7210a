using System.Collections.Immutable;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Which records of the ledger this gateway cannot read, and why. They are kept as they came; who needs one of them
/// says that it could not be checked. One writer, which is the projection; any number of readers.
/// </summary>
public sealed class UnreadableRecords
{
    private volatile ImmutableSortedDictionary<string, string> _faults =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>How many there are; almost always none.</summary>
    public int Count => _faults.Count;

    /// <summary>The first of them, as people read keys, with the fault of each.</summary>
    /// <param name="count">The most to tell.</param>
    public IReadOnlyList<string> Tell(int count) =>
        [.. _faults.Take(count).Select(one => $"{NameOf(one.Key)} ({one.Value})")];

    /// <summary>Tells whether the record under a key is one of them.</summary>
    public bool Has(RecordKey key) =>
        _faults is { Count: > 0 } faults && faults.ContainsKey(CompositeKey.Create(key.ObjectType, key.Attributes));

    /// <summary>Tells how many of them have keys that begin with these parts.</summary>
    public int CountUnder(string objectType, params string[] attributes)
    {
        if (_faults is not { Count: > 0 } faults) return 0;
        string prefix = CompositeKey.Create(objectType, attributes);
        return faults.Keys.Count(key => key.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Tells it as lists do; nothing if they leave nothing out.</summary>
    public int? LeftOut(string objectType, params string[] attributes) =>
        CountUnder(objectType, attributes) is > 0 and var count ? count : null;

    /// <summary>Refuses to answer from a record that is one of them.</summary>
    /// <exception cref="RecordUnreadableException">It is.</exception>
    public void Require(RecordKey key)
    {
        if (Has(key)) throw Exception(CompositeKey.Create(key.ObjectType, key.Attributes));
    }

    internal static RecordUnreadableException Exception(string key) =>
        new($"This gateway cannot read the record {NameOf(key)}: the contract may be newer than it.");

    internal void Mark(string key, string fault) => _faults = _faults.SetItem(key, fault);

    internal void Clear(string key)
    {
        if (_faults.Count > 0) _faults = _faults.Remove(key);
    }

    private static string NameOf(string key) => key.Trim('\0').Replace('\0', '/');
}
