using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>
/// The writes of a transaction that wait to be sent together. The last write wins for each collection, key, and data or
/// metadata, as it does at the peer.
/// </summary>
internal sealed class WriteBatch
{
    /// <summary>A message of writes is cut at this size even if more would fit by their number.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    // In the order of writing, so that every peer gets the same bytes.
    private readonly OrderedDictionary<(string Collection, string Key, bool IsMetadata), WriteRecord> _records = [];
    private readonly Lock _lock = new();

    public void Add(WriteRecord record)
    {
        bool isMetadata = record.Type == WriteRecord.Types.Type.PutStateMetadata;
        lock (_lock)
        {
            _records[(record.Collection, record.Key, isMetadata)] = record;
        }
    }

    /// <summary>Empties the batch into messages of at most so many writes each.</summary>
    public IReadOnlyList<WriteBatchState> Take(int maxRecords)
    {
        lock (_lock)
        {
            var messages = new List<WriteBatchState>();
            var message = new WriteBatchState();
            int bytes = 0;
            foreach (var record in _records.Values)
            {
                int size = record.CalculateSize();
                if (message.Rec.Count > 0 && (message.Rec.Count == maxRecords || bytes + size > MaxMessageBytes))
                {
                    messages.Add(message);
                    message = new WriteBatchState();
                    bytes = 0;
                }

                message.Rec.Add(record);
                bytes += size;
            }

            if (message.Rec.Count > 0)
            {
                messages.Add(message);
            }

            _records.Clear();
            return messages;
        }
    }
}
