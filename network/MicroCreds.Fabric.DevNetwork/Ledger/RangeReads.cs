using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Collects the results of a range query: as they are up to a degree, beyond it as the top of a tree of hashes.
/// </summary>
/// <remarks>
/// Source: Fabric's rwsetutil, RangeQueryResultsHelper. Each node covers degree + 1 of the level below. Not
/// thread-safe.
/// </remarks>
internal sealed class RangeReads(uint maxDegree)
{
    /// <summary>The degree that peers use.</summary>
    public const uint PeerDegree = 50;

    private readonly List<KVRead> _pending = [];
    private readonly List<List<byte[]>> _levels = [[]];
    private bool _hashed;

    public void Add(KVRead read)
    {
        _pending.Add(read);
        if (_pending.Count > maxDegree)
        {
            HashPending();
        }
    }

    /// <summary>Returns the reads, if they were few enough to keep.</summary>
    public IReadOnlyList<KVRead>? Raw => _hashed ? null : _pending;

    /// <summary>Completes the tree and writes the result into the query's record.</summary>
    public void CompleteInto(RangeQueryInfo info)
    {
        if (!_hashed)
        {
            if (_pending.Count > 0)
            {
                info.RawReads = new QueryReads { KvReads = { _pending } };
            }

            return;
        }

        info.ReadsMerkleHashes = Complete();
    }

    /// <summary>Completes the tree; null when the reads were few enough to keep.</summary>
    public QueryReadsMerkleSummary? Complete()
    {
        if (!_hashed)
        {
            return null;
        }

        if (_pending.Count > 0)
        {
            HashPending();
        }

        for (int level = 0; level < _levels.Count - 1; level++)
        {
            var hashes = _levels[level];
            if (hashes.Count > 0)
            {
                _levels[level + 1].Add(hashes.Count == 1 ? hashes[0] : Combine(hashes));
                hashes.Clear();
            }
        }

        if (_levels[^1].Count > maxDegree)
        {
            byte[] top = Combine(_levels[^1]);
            _levels[^1].Clear();
            _levels.Add([top]);
        }

        var summary = new QueryReadsMerkleSummary { MaxDegree = maxDegree, MaxLevel = (uint)_levels.Count };
        summary.MaxLevelHashes.Add(_levels[^1].Select(hash => ByteString.CopyFrom(hash)));
        return summary;
    }

    private static byte[] Combine(List<byte[]> hashes) => SHA256.HashData(hashes.SelectMany(hash => hash).ToArray());

    private void HashPending()
    {
        _hashed = true;
        byte[] leaf = SHA256.HashData(new QueryReads { KvReads = { _pending } }.ToByteArray());
        _pending.Clear();
        _levels[0].Add(leaf);
        for (int level = 0; _levels[level].Count > maxDegree; level++)
        {
            byte[] parent = Combine(_levels[level]);
            _levels[level].Clear();
            if (level + 1 == _levels.Count)
            {
                _levels.Add([]);
            }

            _levels[level + 1].Add(parent);
        }
    }
}
