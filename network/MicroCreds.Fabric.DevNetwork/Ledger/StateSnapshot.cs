using MicroCreds.Fabric.Protocol.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// The committed state as of one block. All simulations that start between two commits share one, and with it one
/// database connection: hundreds may run at once. Thread-safe: reads take turns.
/// </summary>
internal sealed class StateSnapshot
{
    private readonly Lock _gate = new();

    public StateSnapshot(LedgerReader reader)
    {
        Reader = reader;
        Height = reader.BeginSnapshot();
    }

    /// <summary>The number of blocks that the snapshot knows.</summary>
    public ulong Height { get; }

    internal LedgerReader Reader { get; }

    /// <summary>How many simulations use it; guarded by the pool.</summary>
    internal int Users { get; set; }

    /// <summary>Whether a newer block was committed; guarded by the pool.</summary>
    internal bool Outdated { get; set; }

    public VersionedValue? Get(string chaincode, string key)
    {
        lock (_gate)
        {
            return Reader.ReadState(chaincode, key);
        }
    }

    public byte[]? GetMetadata(string chaincode, string key)
    {
        lock (_gate)
        {
            return Reader.ReadMetadata(chaincode, key);
        }
    }

    public List<VersionedEntry> GetRange(string chaincode, string start, bool skipStart, string end)
    {
        lock (_gate)
        {
            return Reader.ReadRange(chaincode, start, skipStart, end);
        }
    }

    public List<(KeyVersion Version, KeyModification Change)> GetHistory(
        string chaincode, string key, KeyVersion before)
    {
        lock (_gate)
        {
            return Reader.ReadHistory(chaincode, key, before);
        }
    }
}
