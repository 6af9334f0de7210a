using Google.Protobuf;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using RecordType = MicroCreds.Fabric.Protocol.Peer.WriteRecord.Types.Type;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode;

public sealed partial class ChaincodeStub
{
    /// <summary>Returns a private value; null where the key is absent.</summary>
    /// <exception cref="PeerException">This peer is no member of the collection, or lacks the value.</exception>
    public ValueTask<byte[]?> GetPrivateDataAsync(string collection, string key) =>
        GetAsync(CheckedCollection(collection), key);

    /// <summary>
    /// Returns several private values, in the order of their keys, with null for an absent one: one by one, as only so
    /// a peer says that it lacks a value.
    /// </summary>
    /// <exception cref="PeerException">This peer is no member of the collection, or lacks a value.</exception>
    public ValueTask<IReadOnlyList<byte[]?>> GetPrivateDataAsync(
        string collection, IReadOnlyCollection<string> keys) => GetManyAsync(CheckedCollection(collection), keys);

    /// <summary>
    /// Returns the SHA-256 of a private value, which every peer of the channel has; null where the key is absent.
    /// </summary>
    public async ValueTask<byte[]?> GetPrivateDataHashAsync(string collection, string key)
    {
        var request = new GetState
        {
            Key = StateKey.Checked(key, nameof(key)),
            Collection = CheckedCollection(collection),
        };
        return ValueOf(
            await _transaction.AskAsync(Type.GetPrivateDataHash, request.ToByteString()).ConfigureAwait(false));
    }

    /// <summary>Writes a private value: only its hash, and that of its key, reach the ledger.</summary>
    /// <param name="collection">The collection, not empty.</param>
    /// <param name="key">The key, not empty.</param>
    /// <param name="value">The value, not empty: to peers an empty value is a deletion.</param>
    public ValueTask PutPrivateDataAsync(string collection, string key, ReadOnlyMemory<byte> value) =>
        PutAsync(CheckedCollection(collection), key, value);

    /// <summary>Deletes a private key; peers keep the values it had before.</summary>
    public ValueTask DeletePrivateDataAsync(string collection, string key) =>
        DeleteAsync(CheckedCollection(collection), key);

    /// <summary>
    /// Deletes a private key with every value it ever had (from peers 2.5, capability V2_5). The hashes remain.
    /// </summary>
    public ValueTask PurgePrivateDataAsync(string collection, string key) =>
        WriteAsync(new WriteRecord
        {
            Type = RecordType.PurgePrivateData,
            Collection = CheckedCollection(collection),
            Key = StateKey.Checked(key, nameof(key)),
        });

    /// <summary>Queries private keys, as <see cref="GetStateByRangeAsync"/> does public ones. A transaction that does
    /// cannot write.</summary>
    public IAsyncEnumerable<KeyValue> GetPrivateDataByRangeAsync(string collection, string startKey, string endKey) =>
        RangeAsync(CheckedCollection(collection), StateKey.Range(startKey, endKey));

    /// <summary>Queries private composite keys, as <see cref="GetStateByPartialCompositeKeyAsync"/> does public ones. A
    /// transaction that does cannot write.</summary>
    public IAsyncEnumerable<KeyValue> GetPrivateDataByPartialCompositeKeyAsync(
        string collection, string objectType, params ReadOnlySpan<string> attributes) =>
        RangeAsync(CheckedCollection(collection), CompositeKey.Range(objectType, attributes));

    /// <summary>Queries private values, as <see cref="GetQueryResultAsync"/> does public ones. A transaction that does
    /// cannot write.</summary>
    public IAsyncEnumerable<KeyValue> GetPrivateDataQueryResultAsync(string collection, string query)
    {
        return ResultsAsync(
            Type.GetQueryResult,
            new GetQueryResult
            {
                Query = StateKey.Checked(query, nameof(query)),
                Collection = CheckedCollection(collection),
            },
            ToKeyValue);
    }

    /// <summary>Sets who must endorse later changes of a private key.</summary>
    public ValueTask SetPrivateDataValidationParameterAsync(
        string collection, string key, SignaturePolicyEnvelope policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return SetMetadataAsync(CheckedCollection(collection), key, ValidationParameter, policy.ToByteString());
    }

    /// <summary>
    /// Takes a private key's own endorsement policy away, as <see cref="ClearStateValidationParameterAsync"/> does a
    /// public one's.
    /// </summary>
    public ValueTask ClearPrivateDataValidationParameterAsync(string collection, string key) =>
        SetMetadataAsync(CheckedCollection(collection), key, NoParameter, ByteString.Empty);

    /// <summary>Returns the endorsement policy of a private key; null where it has none of its own.</summary>
    public ValueTask<SignaturePolicyEnvelope?> GetPrivateDataValidationParameterAsync(string collection, string key) =>
        GetValidationParameterAsync(CheckedCollection(collection), key);

    private static string CheckedCollection(string collection) => StateKey.Checked(collection, nameof(collection));
}
