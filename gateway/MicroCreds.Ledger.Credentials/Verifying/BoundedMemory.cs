using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Remembers so much and no more: beyond its bound it forgets all and starts anew. Thread-safe.</summary>
/// <remarks>It counts by itself: a concurrent dictionary takes every one of its locks to tell its count.</remarks>
/// <param name="bound">The most entries.</param>
internal sealed class BoundedMemory<TKey, TValue>(int bound)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _entries = new();
    private int _added;

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public void Set(TKey key, TValue value)
    {
        if (!_entries.ContainsKey(key) && Interlocked.Increment(ref _added) > bound)
        {
            Clear();
            _added = 1;
        }

        _entries[key] = value;
    }

    public void Clear()
    {
        _entries.Clear();
        _added = 0;
    }

    public void Forget(TKey key) => _entries.TryRemove(key, out _);
}
