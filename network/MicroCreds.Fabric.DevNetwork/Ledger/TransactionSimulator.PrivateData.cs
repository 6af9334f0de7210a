using MicroCreds.Fabric.DevNetwork.Chaincodes;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

internal sealed partial class TransactionSimulator
{
    private readonly HashSet<(string Chaincode, string Collection)> _privateReads = [];
    private bool _privateRangeRead;

    /// <summary>Finds a collection of a chaincode; null if there is none of this name.</summary>
    public CollectionDefinition? FindCollection(string chaincode, string collection) =>
        _chaincodes.GetValueOrDefault(chaincode)?.Collections.GetValueOrDefault(collection);

    /// <summary>Returns the collections whose values were read, or whose own policy counts for what was written, and
    /// of each whether values were read.</summary>
    public IReadOnlyList<(string Collection, bool IsRead)> GetCollections(string chaincode)
    {
        var written = _writtenKeys.Where(entry => entry.Key.Collection.Length > 0 && entry.Value is null)
            .Select(entry => (entry.Key.Chaincode, entry.Key.Collection));
        return
        [
            .. _privateReads.Concat(written).Where(used => used.Chaincode == chaincode).Distinct()
                .OrderBy(used => used.Collection, Utf8Order.Instance)
                .Select(used => (used.Collection, _privateReads.Contains(used))),
        ];
    }

    /// <summary>Returns a private value, or null where the key is absent.</summary>
    /// <exception cref="SimulationException">This organisation lacks the value, or there is no such collection.
    /// </exception>
    public byte[]? GetPrivateData(string chaincode, string collection, string key)
    {
        var value = ReadValue(chaincode, collection, key);
        var known = ReadHash(chaincode, collection, key);
        if (known?.Version != value?.Version)
        {
            throw new SimulationException(
                "private data matching public hash version is not available. Public hash version = "
                    + $"{Format(known?.Version)}, Private data version = {Format(value?.Version)}");
        }

        return Record(chaincode, collection, key, value);
    }

    /// <summary>Returns several private values; null, too, where this organisation lacks one, as real peers do.
    /// </summary>
    /// <exception cref="SimulationException">There is no such collection.</exception>
    public IReadOnlyList<byte[]?> GetPrivateData(string chaincode, string collection, IEnumerable<string> keys)
    {
        CheckCollection(chaincode, collection);
        return [.. keys.Select(key => Record(chaincode, collection, key, ReadValue(chaincode, collection, key)))];
    }

    /// <summary>Returns the hash of a private value, or null where the key is absent.</summary>
    public byte[]? GetPrivateDataHash(string chaincode, string collection, string key) =>
        ReadRecordedHash(chaincode, collection, key)?.Value;

    /// <summary>Returns the committed metadata entries of a private key, or null when it has none.</summary>
    public IReadOnlyDictionary<string, byte[]>? GetPrivateDataMetadata(
        string chaincode, string collection, string key) =>
        KeyMetadata.Read(ReadRecordedHash(chaincode, collection, key)?.Metadata);

    /// <summary>Sets or, by null, deletes a private value; a purge forgets its earlier values, too.</summary>
    public void SetPrivateData(string chaincode, string collection, string key, byte[]? value, bool isPurge = false)
    {
        CheckCollection(chaincode, collection);
        CheckWrite();
        _set.AddPrivateWrite(chaincode, collection, key, value, isPurge);
        RememberPolicy(chaincode, collection, key);
    }

    /// <summary>Replaces all metadata entries of a private key.</summary>
    public void SetPrivateDataMetadata(
        string chaincode, string collection, string key, IReadOnlyDictionary<string, byte[]> entries)
    {
        CheckCollection(chaincode, collection);
        CheckWrite();
        _set.AddPrivateMetadataWrite(chaincode, collection, key, entries);
        RememberPolicy(chaincode, collection, key);
    }

    /// <summary>Opens a range of private values: it is not recorded, so nothing may be written beside it.</summary>
    public StateRange GetPrivateDataRange(string chaincode, string collection, string start, string end)
    {
        CheckPrivateQuery(chaincode, collection);
        return new StateRange(
            _snapshot, PrivateNamespace.OfValues(chaincode, collection, _mspId), start, end, pageSize: 0);
    }

    /// <summary>Checks that a collection may be queried now, and forbids later writes.</summary>
    public void CheckPrivateQuery(string chaincode, string collection)
    {
        if (_writtenKeys.Count > 0)
        {
            throw new SimulationException(
                $"txid [{_transactionId}]: unsuppored transaction. Queries on pvt data is supported only in a "
                    + "read-only transaction");
        }

        _privateRangeRead = true;
        CheckCollection(chaincode, collection);
        CheckDone();
    }

    private static string Format(KeyVersion? version) => version is { } known
        ? FormattableString.Invariant($"{{BlockNum: {known.Block}, TxNum: {known.Position}}}")
        : "<nil>";

    private VersionedValue? ReadValue(string chaincode, string collection, string key)
    {
        CheckCollection(chaincode, collection);
        CheckDone();
        return _snapshot.Get(PrivateNamespace.OfValues(chaincode, collection, _mspId), key);
    }

    private VersionedValue? ReadHash(string chaincode, string collection, string key) => _snapshot.Get(
        PrivateNamespace.OfHashes(chaincode, collection), PrivateNamespace.KeyOf(PrivateNamespace.Hash(key)));

    private VersionedValue? ReadRecordedHash(string chaincode, string collection, string key)
    {
        CheckCollection(chaincode, collection);
        CheckDone();
        var known = ReadHash(chaincode, collection, key);
        _set.AddPrivateRead(chaincode, collection, key, known?.Version);
        return known;
    }

    private byte[]? Record(string chaincode, string collection, string key, VersionedValue? value)
    {
        _set.AddPrivateRead(chaincode, collection, key, value?.Version);
        _privateReads.Add((chaincode, collection));
        return value?.Value;
    }

    private void RememberPolicy(string chaincode, string collection, string key)
    {
        if (!_writtenKeys.ContainsKey((chaincode, collection, key)))
        {
            _writtenKeys[(chaincode, collection, key)] =
                KeyMetadata.ReadPolicy(ReadHash(chaincode, collection, key)?.Metadata);
        }
    }

    private void CheckCollection(string chaincode, string collection)
    {
        if (FindCollection(chaincode, collection) is null)
        {
            throw new SimulationException(
                $"collection [{collection}] not defined in the collection config for chaincode [{chaincode}]");
        }
    }
}
