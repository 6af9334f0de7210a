using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>Answers what a chaincode asks of the state, as a peer with LevelDB does.</summary>
internal static class StateRequests
{
    /// <summary>Carries out one request and returns the payload of the answer.</summary>
    /// <exception cref="ChaincodeException">The request cannot be answered.</exception>
    /// <exception cref="SimulationException">The request breaks a rule of the ledger.</exception>
    /// <exception cref="InvalidProtocolBufferException">The request is garbage.</exception>
    public static ByteString Answer(ChaincodeMessage request, TransactionContext transaction) =>
        transaction.Invocation.Simulate((request, transaction), static (simulator, argument) =>
        {
            var (message, context) = argument;
            return message.Type switch
            {
                MessageType.GetState => GetState(simulator, context, message.Payload),
                MessageType.GetStateMultiple => GetStates(simulator, context, message.Payload),
                MessageType.PutState => Put(simulator, context, PutState.Parser.ParseFrom(message.Payload)),
                MessageType.DelState => Delete(simulator, context, DelState.Parser.ParseFrom(message.Payload)),
                MessageType.GetStateMetadata => GetMetadata(simulator, context, message.Payload),
                MessageType.PutStateMetadata =>
                    PutMetadata(simulator, context, PutStateMetadata.Parser.ParseFrom(message.Payload)),
                MessageType.WriteBatchState => WriteBatch(simulator, context, message.Payload),
                MessageType.GetStateByRange => GetRange(simulator, context, message.Payload),
                MessageType.GetHistoryForKey => GetHistory(simulator, context, message.Payload),
                MessageType.QueryStateNext => Next(context, message.Payload),
                MessageType.QueryStateClose => Close(context, message.Payload),
                MessageType.GetQueryResult =>
                    Query(simulator, context, GetQueryResult.Parser.ParseFrom(message.Payload)),
                MessageType.GetPrivateDataHash => GetHash(simulator, context, message.Payload),
                MessageType.PurgePrivateData =>
                    Purge(simulator, context, PurgePrivateState.Parser.ParseFrom(message.Payload)),
                _ => throw new ChaincodeException("unknown operation type"),
            };
        });

    private static ByteString GetState(TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = Protocol.Peer.GetState.Parser.ParseFrom(payload);
        return ToPayload(request.Collection.Length > 0
            ? new CollectionRequests(simulator, context, request.Collection).Get(request.Key)
            : simulator.GetState(context.Chaincode, request.Key));
    }

    private static ByteString GetHash(TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = Protocol.Peer.GetState.Parser.ParseFrom(payload);
        return ToPayload(new CollectionRequests(simulator, context, request.Collection).GetHash(request.Key));
    }

    private static ByteString GetStates(TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = GetStateMultiple.Parser.ParseFrom(payload);
        var values = request.Collection.Length > 0
            ? new CollectionRequests(simulator, context, request.Collection).GetSeveral(request.Keys)
            : request.Keys.Select(key => simulator.GetState(context.Chaincode, key));
        var result = new GetStateMultipleResult();
        result.Values.Add(values.Select(ToPayload));
        return result.ToByteString();
    }

    private static ByteString Put(TransactionSimulator simulator, TransactionContext context, PutState request)
    {
        if (request.Collection.Length > 0)
        {
            new CollectionRequests(simulator, context, request.Collection).Put(request.Key, request.Value);
        }
        else
        {
            simulator.SetState(context.Chaincode, request.Key, request.Value.ToByteArray());
        }

        return ByteString.Empty;
    }

    private static ByteString Delete(TransactionSimulator simulator, TransactionContext context, DelState request)
    {
        if (request.Collection.Length > 0)
        {
            new CollectionRequests(simulator, context, request.Collection).Delete(request.Key);
        }
        else
        {
            simulator.DeleteState(context.Chaincode, request.Key);
        }

        return ByteString.Empty;
    }

    private static ByteString GetMetadata(
        TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = GetStateMetadata.Parser.ParseFrom(payload);
        var entries = request.Collection.Length > 0
            ? new CollectionRequests(simulator, context, request.Collection).GetMetadata(request.Key)
            : simulator.GetStateMetadata(context.Chaincode, request.Key);
        var result = new StateMetadataResult();
        foreach (var (name, value) in entries ?? new Dictionary<string, byte[]>())
        {
            result.Entries.Add(new StateMetadata { Metakey = name, Value = UnsafeByteOperations.UnsafeWrap(value) });
        }

        return result.ToByteString();
    }

    private static ByteString PutMetadata(
        TransactionSimulator simulator, TransactionContext context, PutStateMetadata request)
    {
        var entry = request.Metadata ?? throw new ChaincodeException("panic during execution");
        var entries = new Dictionary<string, byte[]> { [entry.Metakey] = entry.Value.ToByteArray() };
        if (request.Collection.Length > 0)
        {
            new CollectionRequests(simulator, context, request.Collection).PutMetadata(request.Key, entries);
        }
        else
        {
            simulator.SetStateMetadata(context.Chaincode, request.Key, entries);
        }

        return ByteString.Empty;
    }

    private static ByteString WriteBatch(
        TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        foreach (var record in WriteBatchState.Parser.ParseFrom(payload).Rec)
        {
            _ = record.Type switch
            {
                WriteRecord.Types.Type.PutState => Put(simulator, context, new PutState
                {
                    Key = record.Key,
                    Value = record.Value,
                    Collection = record.Collection,
                }),
                WriteRecord.Types.Type.DelState => Delete(simulator, context, new DelState
                {
                    Key = record.Key,
                    Collection = record.Collection,
                }),
                WriteRecord.Types.Type.PutStateMetadata => PutMetadata(simulator, context, new PutStateMetadata
                {
                    Key = record.Key,
                    Metadata = record.Metadata ?? new StateMetadata(),
                    Collection = record.Collection,
                }),
                WriteRecord.Types.Type.PurgePrivateData => Purge(simulator, context, new PurgePrivateState
                {
                    Key = record.Key,
                    Collection = record.Collection,
                }),
                _ => throw new ChaincodeException("unknown operation type"),
            };
        }

        return ByteString.Empty;
    }

    private static ByteString GetRange(TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = GetStateByRange.Parser.ParseFrom(payload);
        var page = QueryMetadata.Parser.ParseFrom(request.Metadata);

        // A collection has no pages.
        bool isPage = request.Collection.Length == 0 && (page.PageSize != 0 || page.Bookmark.Length > 0);
        var range = request.Collection.Length > 0
            ? new CollectionRequests(simulator, context, request.Collection).GetRange(request.StartKey, request.EndKey)
            : isPage ? simulator.GetStatePage(
                context.Chaincode,
                page.Bookmark.Length > 0 ? page.Bookmark : request.StartKey,
                request.EndKey,
                page.PageSize)
            : simulator.GetStateRange(context.Chaincode, request.StartKey, request.EndKey);
        return Start(context, new QueryResults(
            Entries(range, context.Chaincode),
            isPage,
            page.PageSize is > 0 and < QueryResults.TotalLimit ? page.PageSize : QueryResults.TotalLimit,
            range.GetBookmarkAndClose));
    }

    private static ByteString GetHistory(
        TransactionSimulator simulator, TransactionContext context, ByteString payload)
    {
        var request = GetHistoryForKey.Parser.ParseFrom(payload);
        return Start(context, new QueryResults(
            simulator.GetHistory(context.Chaincode, request.Key).GetEnumerator(),
            isPage: false,
            QueryResults.TotalLimit));
    }

    private static ByteString Start(TransactionContext context, QueryResults query)
    {
        context.Open(query);
        return NextBatch(context, query);
    }

    private static ByteString Next(TransactionContext context, ByteString payload)
    {
        var query = context.Find(QueryStateNext.Parser.ParseFrom(payload).Id)
            ?? throw new ChaincodeException("query iterator not found");
        return NextBatch(context, query);
    }

    private static ByteString NextBatch(TransactionContext context, QueryResults query)
    {
        var batch = query.NextBatch();
        if (!batch.HasMore)
        {
            context.Close(query.Id);
        }

        return batch.ToByteString();
    }

    private static ByteString Close(TransactionContext context, ByteString payload)
    {
        string id = QueryStateClose.Parser.ParseFrom(payload).Id;
        context.Close(id);
        return new QueryResponse { Id = id }.ToByteString();
    }

    private static ByteString Query(TransactionSimulator simulator, TransactionContext context, GetQueryResult request)
    {
        if (request.Collection.Length > 0)
        {
            new CollectionRequests(simulator, context, request.Collection).CheckQuery();
            throw new ChaincodeException("ExecuteQuery not supported for leveldb");
        }

        var page = QueryMetadata.Parser.ParseFrom(request.Metadata);
        throw new ChaincodeException(page.PageSize != 0 || page.Bookmark.Length > 0
            ? "ExecuteQueryWithMetadata not supported for leveldb"
            : "ExecuteQuery not supported for leveldb");
    }

    private static ByteString Purge(
        TransactionSimulator simulator, TransactionContext context, PurgePrivateState request)
    {
        if (request.Collection.Length == 0)
        {
            throw new ChaincodeException("only applicable for private data");
        }

        new CollectionRequests(simulator, context, request.Collection).Purge(request.Key);
        return ByteString.Empty;
    }

    private static IEnumerator<IMessage> Entries(StateRange range, string chaincode)
    {
        using (range)
        {
            while (range.Next() is { } entry)
            {
                yield return new KV
                {
                    Namespace = chaincode,
                    Key = entry.Key,
                    Value = UnsafeByteOperations.UnsafeWrap(entry.Value),
                };
            }
        }
    }

    private static ByteString ToPayload(byte[]? value) =>
        value is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(value);
}
