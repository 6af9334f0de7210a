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
    /// <summary>The metadata entry in which peers look for a key's own endorsement policy.</summary>
    private const string ValidationParameter = "VALIDATION_PARAMETER";

    /// <summary>
    /// An entry beside which there is no other, as each replaces all that a key had. An empty policy would not do: it
    /// is none to who validates, but one that no gateway finds endorsers for.
    /// </summary>
    private const string NoParameter = "NO_VALIDATION_PARAMETER";

    /// <summary>The collection that is none: the state that every member of the channel has.</summary>
    private const string PublicState = "";

    /// <summary>Returns a key's value; null where the key is absent.</summary>
    public ValueTask<byte[]?> GetStateAsync(string key) => GetAsync(PublicState, key);

    /// <summary>
    /// Returns the values of several keys, in their order, with null for an absent one. In few messages where the peer
    /// (from 3.1) can, else one by one.
    /// </summary>
    /// <exception cref="PeerException">
    /// The peer refused, or returned another number of values than it was asked for: then it hides an error of its
    /// state database, and an absent value would mean nothing.
    /// </exception>
    public ValueTask<IReadOnlyList<byte[]?>> GetStatesAsync(IReadOnlyCollection<string> keys) =>
        GetManyAsync(PublicState, keys);

    /// <summary>Writes a value. It is there for the transactions after this one.</summary>
    /// <param name="key">The key, not empty.</param>
    /// <param name="value">The value, not empty: to peers an empty value is a deletion.</param>
    public ValueTask PutStateAsync(string key, ReadOnlyMemory<byte> value) => PutAsync(PublicState, key, value);

    /// <summary>Deletes a key; deleting an absent one is no error. Its history remains.</summary>
    public ValueTask DeleteStateAsync(string key) => DeleteAsync(PublicState, key);

    /// <summary>
    /// Sets who must endorse every later change of this key, in place of the chaincode's endorsement policy.
    /// </summary>
    /// <param name="key">The key, not empty. It gets its value by this transaction, or has one.</param>
    /// <param name="policy">The policy; <see cref="Protocol.SignaturePolicies"/> builds it.</param>
    public ValueTask SetStateValidationParameterAsync(string key, SignaturePolicyEnvelope policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return SetMetadataAsync(PublicState, key, ValidationParameter, policy.ToByteString());
    }

    /// <summary>
    /// Takes a key's own endorsement policy away, so that the chaincode's counts again; without one it is no error.
    /// Who must endorse this change is still the policy that is taken away.
    /// </summary>
    /// <param name="key">The key, not empty.</param>
    public ValueTask ClearStateValidationParameterAsync(string key) =>
        SetMetadataAsync(PublicState, key, NoParameter, ByteString.Empty);

    /// <summary>Returns the endorsement policy of a key; null where it has none of its own.</summary>
    public ValueTask<SignaturePolicyEnvelope?> GetStateValidationParameterAsync(string key) =>
        GetValidationParameterAsync(PublicState, key);

    /// <summary>
    /// Holds back the writes that follow, until <see cref="FinishWriteBatchAsync"/> or the end of the transaction. Does
    /// nothing where the peer takes no batches. Only needed where <see cref="ChaincodeOptions.BatchWrites"/> is
    /// off.
    /// </summary>
    public void StartWriteBatch() => _batch ??= NewBatch();

    /// <summary>Sends the writes held back, and sends later ones one by one.</summary>
    /// <exception cref="PeerException">The peer refused one of them.</exception>
    public async ValueTask FinishWriteBatchAsync()
    {
        await SendBatchAsync().ConfigureAwait(false);
        _batch = null;
    }

    private WriteBatch? NewBatch() => _transaction.Peer.WriteBatchSize > 0 ? new WriteBatch() : null;

    private async ValueTask SendBatchAsync()
    {
        if (_batch is null)
        {
            return;
        }

        foreach (var message in _batch.Take(_transaction.Peer.WriteBatchSize))
        {
            await _transaction.AskAsync(Type.WriteBatchState, message.ToByteString()).ConfigureAwait(false);
        }
    }

    private async ValueTask<byte[]?> GetAsync(string collection, string key)
    {
        var request = new GetState { Key = StateKey.Checked(key, nameof(key)), Collection = collection };
        return ValueOf(await _transaction.AskAsync(Type.GetState, request.ToByteString()).ConfigureAwait(false));
    }

    private async ValueTask<IReadOnlyList<byte[]?>> GetManyAsync(string collection, IReadOnlyCollection<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (string key in keys)
        {
            StateKey.Checked(key, nameof(key));
        }

        var values = new List<byte[]?>(keys.Count);

        // Of several private keys in one message, peers do not check whether they have the values: what this one lacks
        // would be read as absent.
        int batchSize = collection == PublicState ? _transaction.Peer.ReadBatchSize : 0;
        if (batchSize == 0)
        {
            foreach (string key in keys)
            {
                values.Add(await GetAsync(collection, key).ConfigureAwait(false));
            }

            return values;
        }

        foreach (string[] some in keys.Chunk(batchSize))
        {
            var request = new GetStateMultiple { Keys = { some }, Collection = collection };
            var payload = await _transaction.AskAsync(Type.GetStateMultiple, request.ToByteString())
                .ConfigureAwait(false);
            var result = PeerAnswer.Read(Type.GetStateMultiple, payload, GetStateMultipleResult.Parser);
            if (result.Values.Count != some.Length)
            {
                throw new PeerException(
                    $"The peer returned {result.Values.Count} values for {some.Length} keys: "
                    + "its state database failed.");
            }

            values.AddRange(result.Values.Select(ValueOf));
        }

        return values;
    }

    private ValueTask PutAsync(string collection, string key, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
        {
            throw new StateArgumentException(
                $"The value of '{key}' is empty, which peers take for a deletion: delete the key, or write something.");
        }

        return WriteAsync(new WriteRecord
        {
            Type = RecordType.PutState,
            Collection = collection,
            Key = StateKey.Checked(key, nameof(key)),
            Value = ByteString.CopyFrom(value.Span),
        });
    }

    private ValueTask DeleteAsync(string collection, string key) =>
        WriteAsync(new WriteRecord
        {
            Type = RecordType.DelState,
            Collection = collection,
            Key = StateKey.Checked(key, nameof(key)),
        });

    private ValueTask SetMetadataAsync(string collection, string key, string entry, ByteString value) =>
        WriteAsync(new WriteRecord
        {
            Type = RecordType.PutStateMetadata,
            Collection = collection,
            Key = StateKey.Checked(key, nameof(key)),
            Metadata = new StateMetadata { Metakey = entry, Value = value },
        });

    private async ValueTask<SignaturePolicyEnvelope?> GetValidationParameterAsync(string collection, string key)
    {
        var request = new GetStateMetadata { Key = StateKey.Checked(key, nameof(key)), Collection = collection };
        var payload = await _transaction.AskAsync(Type.GetStateMetadata, request.ToByteString()).ConfigureAwait(false);
        var entry = PeerAnswer.Read(Type.GetStateMetadata, payload, StateMetadataResult.Parser)
            .Entries.FirstOrDefault(e => e.Metakey == ValidationParameter);
        return entry is null or { Value.IsEmpty: true }
            ? null
            : PeerAnswer.Read(Type.GetStateMetadata, entry.Value, SignaturePolicyEnvelope.Parser);
    }

    private async ValueTask WriteAsync(WriteRecord record)
    {
        RefuseWrite();
        _transaction.CheckSize(Type.PutState, record.Value);
        if (_batch is { } batch)
        {
            batch.Add(record);
            return;
        }

        var (type, payload) = AsSingleMessage(record);
        await _transaction.AskAsync(type, payload).ConfigureAwait(false);
    }

    private void RefuseWrite()
    {
        if (WriteRefusal is not null)
        {
            throw new ChaincodeException(WriteRefusal);
        }
    }

    private static (Type Type, ByteString Payload) AsSingleMessage(WriteRecord record) => record.Type switch
    {
        RecordType.PutState => (Type.PutState, new PutState
        {
            Key = record.Key,
            Collection = record.Collection,
            Value = record.Value,
        }.ToByteString()),
        RecordType.DelState => (Type.DelState, new DelState
        {
            Key = record.Key,
            Collection = record.Collection,
        }.ToByteString()),
        RecordType.PutStateMetadata => (Type.PutStateMetadata, new PutStateMetadata
        {
            Key = record.Key,
            Collection = record.Collection,
            Metadata = record.Metadata,
        }.ToByteString()),
        _ => (Type.PurgePrivateData, new PurgePrivateState
        {
            Key = record.Key,
            Collection = record.Collection,
        }.ToByteString()),
    };

    private static byte[]? ValueOf(ByteString payload) => payload.IsEmpty ? null : payload.ToByteArray();
}
