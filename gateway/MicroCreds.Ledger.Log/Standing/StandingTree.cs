namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// What stands of credentials or of issuers, under one root: a value for each key of which something was said, and a
/// short proof for any key of what was said, or that nothing was. Grows and changes by what is put in; nothing is ever
/// taken out. Not thread-safe.
/// </summary>
public sealed class StandingTree
{
    private readonly Func<byte[], byte[]?> _read;
    private readonly Dictionary<string, (byte[] Place, byte[] Node)> _changed = new(StringComparer.Ordinal);

    /// <param name="count">How many keys it has.</param>
    /// <param name="read">Reads the node at a place, as <see cref="Changed"/> gave it; none if there is none.</param>
    public StandingTree(long count, Func<byte[], byte[]?> read) => (Count, _read) = (count, read);

    /// <summary>How many keys it has.</summary>
    public long Count { get; private set; }

    /// <summary>The nodes that are not as they were read, by their places.</summary>
    public IEnumerable<(byte[] Place, byte[] Node)> Changed => _changed.Values;

    /// <summary>Makes a tree in memory.</summary>
    public static StandingTree New() => new(0, _ => null);

    /// <summary>The root, 32 bytes; zeros while it is empty.</summary>
    public byte[] Root() => StandingNode.HashOf(Read([], 0));

    /// <summary>Finds what was said under a key; nothing if nothing was.</summary>
    public byte[]? Find(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[]? node = Descend(key).Node;
        return node is not null && StandingNode.KeyIn(node).SequenceEqual(key)
            ? StandingNode.ValueIn(node).ToArray() : null;
    }

    /// <summary>Says something under a key, in the place of what was said before.</summary>
    /// <param name="key">The key, 32 bytes.</param>
    /// <param name="value">The value.</param>
    public void Put(byte[] key, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        var (inners, node) = Descend(key);
        int depth = inners.Count;
        byte[]? other = node is null || StandingNode.KeyIn(node).SequenceEqual(key) ? null : node;
        if (node is null || other is not null) Count++;
        if (other is not null)
        {
            // Both move down to where their keys part.
            depth = StandingNode.PartingOf(key, StandingNode.KeyIn(other)) + 1;
            Write(StandingNode.KeyIn(other), depth, other);
        }

        byte[] leaf = StandingNode.Leaf(key, value);
        Write(key, depth, leaf);
        byte[] hash = StandingNode.HashOf(leaf);
        for (int at = depth - 1; at >= 0; at--)
        {
            byte[] sibling = at < inners.Count ? StandingNode.SiblingIn(inners[at], key, at).ToArray()
                : at == depth - 1 ? StandingNode.HashOf(other) : StandingNode.Empty.ToArray();
            byte[] inner = StandingNode.IsRight(key, at)
                ? StandingNode.Inner(sibling, hash) : StandingNode.Inner(hash, sibling);
            Write(key, at, inner);
            hash = StandingNode.HashOf(inner);
        }
    }

    /// <summary>Proves what was said under a key, or that nothing was.</summary>
    public StandingProof Prove(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var (inners, node) = Descend(key);
        return StandingProof.Of(
            [.. inners.Select((inner, depth) => StandingNode.SiblingIn(inner, key, depth).ToArray())], node, key);
    }

    private (List<byte[]> Inners, byte[]? Node) Descend(byte[] key)
    {
        var inners = new List<byte[]>();
        byte[]? node = Read(key, 0);
        while (node is not null && StandingNode.IsInner(node))
        {
            inners.Add(node);
            node = Read(key, inners.Count);
        }

        return (inners, node);
    }

    private byte[]? Read(ReadOnlySpan<byte> key, int depth)
    {
        byte[] place = StandingNode.Place(key, depth);
        return _changed.TryGetValue(Convert.ToHexString(place), out var known) ? known.Node : _read(place);
    }

    private void Write(ReadOnlySpan<byte> key, int depth, byte[] node)
    {
        byte[] place = StandingNode.Place(key, depth);
        _changed[Convert.ToHexString(place)] = (place, node);
    }
}
