using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>A transaction that one chaincode is running on one stream.</summary>
internal sealed class TransactionContext(Invocation invocation, string chaincode)
{
    private readonly Dictionary<string, QueryResults> _queries = [];
    private int _busy;

    public Invocation Invocation { get; } = invocation;

    /// <summary>The chaincode whose part of the state the messages are about.</summary>
    public string Chaincode { get; } = chaincode;

    /// <summary>Completes with COMPLETED or ERROR; its continuations never run on the stream's reading loop.</summary>
    public TaskCompletionSource<ChaincodeMessage> Completion { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Claims the one place for a pending request; a second one at the same time is refused.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    public void End() => Volatile.Write(ref _busy, 0);

    /// <summary>Keeps an open query; called with the simulator held.</summary>
    public void Open(QueryResults query) => _queries.Add(query.Id, query);

    public QueryResults? Find(string queryId) => _queries.GetValueOrDefault(queryId);

    public void Close(string queryId)
    {
        if (_queries.Remove(queryId, out var query))
        {
            query.Dispose();
        }
    }
}
