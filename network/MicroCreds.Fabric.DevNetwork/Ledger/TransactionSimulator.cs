using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>A simulation that breaks a rule of the ledger; the message is worded as the peer's.</summary>
internal sealed class SimulationException(string message) : Exception(message);

/// <summary>A key and its value in a range.</summary>
internal readonly record struct StateEntry(string Key, byte[] Value);

/// <summary>
/// Runs one transaction against a snapshot and records what it reads and writes. Not thread-safe: one caller at a time.
/// </summary>
/// <remarks>Source: Fabric's txmgr, query_executor and tx_simulator.</remarks>
internal sealed partial class TransactionSimulator : IDisposable
{
    private readonly SnapshotPool _snapshots;
    private readonly StateSnapshot _snapshot;
    private readonly string _transactionId;
    private readonly string _mspId;
    private readonly IReadOnlyDictionary<string, ChaincodeDefinition> _chaincodes;
    private readonly ReadWriteSetBuilder _set = new();
    private readonly List<StateRange> _ranges = [];
    private readonly Dictionary<(string Chaincode, string Collection, string Key), byte[]?> _writtenKeys = [];
    private bool _pageRead;
    private bool _resultsTaken;
    private bool _disposed;

    /// <param name="snapshots">Where the state is read.</param>
    /// <param name="chaincodes">The channel's chaincodes, with their collections.</param>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="mspId">The organisation whose private values are read.</param>
    internal TransactionSimulator(
        SnapshotPool snapshots,
        IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes,
        string transactionId,
        string mspId)
    {
        (_snapshots, _chaincodes, _transactionId, _mspId) = (snapshots, chaincodes, transactionId, mspId);
        _snapshot = snapshots.Acquire();
    }

    /// <summary>The number of blocks in the snapshot.</summary>
    public ulong Height => _snapshot.Height;

    /// <summary>Whether anything was written: a value, a deletion or metadata, public or private.</summary>
    public bool HasWritten => _writtenKeys.Count > 0;

    /// <summary>The private writes, or null if there are none; known once the results are taken.</summary>
    public TxPvtReadWriteSet? PrivateResults => _set.Private;

    /// <summary>Returns the committed value, or null; own writes are not visible.</summary>
    public byte[]? GetState(string chaincode, string key) => Read(chaincode, key)?.Value;

    public void SetState(string chaincode, string key, byte[]? value)
    {
        CheckWrite();
        _set.AddWrite(chaincode, key, value);
        RememberPolicy(chaincode, key);
    }

    public void DeleteState(string chaincode, string key) => SetState(chaincode, key, null);

    /// <summary>Returns the committed metadata entries of a key, or null when it has none.</summary>
    public IReadOnlyDictionary<string, byte[]>? GetStateMetadata(string chaincode, string key) =>
        KeyMetadata.Read(Read(chaincode, key)?.Metadata);

    /// <summary>Replaces all metadata entries of a key; none at all deletes them.</summary>
    public void SetStateMetadata(string chaincode, string key, IReadOnlyDictionary<string, byte[]> entries)
    {
        CheckWrite();
        _set.AddMetadataWrite(chaincode, key, entries);
        RememberPolicy(chaincode, key);
    }

    /// <summary>Opens a range [start, end) in the byte order of UTF-8; an empty end is open.</summary>
    public StateRange GetStateRange(string chaincode, string start, string end) =>
        Open(chaincode, start, end, pageSize: 0);

    /// <summary>Opens a page of a range: at most <paramref name="pageSize"/> entries (0: all).</summary>
    public StateRange GetStatePage(string chaincode, string start, string end, int pageSize)
    {
        if (_writtenKeys.Count > 0)
        {
            throw new SimulationException(
                $"txid [{_transactionId}]: unsuppored transaction. Paginated queries are supported only in a "
                    + "read-only transaction");
        }

        _pageRead = true;
        return Open(chaincode, start, end, pageSize);
    }

    /// <summary>Yields every valid change of a key in the snapshot, newest first.</summary>
    public IEnumerable<KeyModification> GetHistory(string chaincode, string key)
    {
        CheckDone();
        var before = new KeyVersion(ulong.MaxValue, ulong.MaxValue);
        while (true)
        {
            var page = _snapshot.GetHistory(chaincode, key, before);
            foreach (var (version, change) in page)
            {
                before = version;
                yield return change;
            }

            if (page.Count < LedgerReader.PageEntries)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Returns what an endorsement interest says of one chaincode: the committed key-level policies of the keys that
    /// it writes, and whether every public key that it writes has one (then its own policy does not count).
    /// </summary>
    public (IReadOnlyList<SignaturePolicyEnvelope> KeyPolicies, bool DisregardNamespacePolicy) GetWritePolicies(
        string chaincode)
    {
        var written = _writtenKeys.Where(entry => entry.Key.Chaincode == chaincode).ToArray();
        var policies = new List<SignaturePolicyEnvelope>();
        foreach (var (_, policy) in written)
        {
            if (policy is not null)
            {
                policies.Add(SignaturePolicyEnvelope.Parser.ParseFrom(policy));
            }
        }

        return (policies, written.Length > 0
            && !written.Any(entry => entry.Key.Collection.Length == 0 && entry.Value is null));
    }

    /// <summary>Ends the simulation and returns the read/write set, whose bytes are deterministic.</summary>
    public TxReadWriteSet GetReadWriteSet()
    {
        if (_resultsTaken)
        {
            throw new SimulationException(
                "this function should only be called once on a transaction simulator instance");
        }

        _resultsTaken = true;
        foreach (var range in _ranges)
        {
            _set.AddRange(range.Chaincode, range.Record());
        }

        return _set.Build();
    }

    /// <summary>Ends the simulation and returns the bytes of the read/write set.</summary>
    public ByteString GetResults() => GetReadWriteSet().ToByteString();

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _snapshots.Release(_snapshot);
        }
    }

    private VersionedValue? Read(string chaincode, string key)
    {
        CheckDone();
        var value = _snapshot.Get(chaincode, key);
        _set.AddRead(chaincode, key, value?.Version);
        return value;
    }

    private StateRange Open(string chaincode, string start, string end, int pageSize)
    {
        CheckDone();
        var range = new StateRange(_snapshot, chaincode, start, end, pageSize);
        _ranges.Add(range);
        return range;
    }

    private void RememberPolicy(string chaincode, string key)
    {
        if (!_writtenKeys.ContainsKey((chaincode, "", key)))
        {
            _writtenKeys[(chaincode, "", key)] = KeyMetadata.ReadPolicy(_snapshot.GetMetadata(chaincode, key));
        }
    }

    private void CheckWrite()
    {
        CheckDone();
        if (_privateRangeRead)
        {
            throw new SimulationException(
                $"txid [{_transactionId}]: unsuppored transaction. Transaction has already performed queries on pvt "
                    + "data. Writes are not allowed");
        }

        if (_pageRead)
        {
            throw new SimulationException(
                $"txid [{_transactionId}]: unsuppored transaction. Transaction has already performed a paginated "
                    + "query. Writes are not allowed");
        }
    }

    private void CheckDone()
    {
        if (_disposed)
        {
            throw new SimulationException("this instance should not be used after calling Done()");
        }
    }
}
