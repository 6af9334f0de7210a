using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>
/// Answers what a chaincode asks of one private data collection: whatever it is, the one who proposed must be allowed
/// to. Not thread-safe: the simulator is held by one caller.
/// </summary>
/// <remarks>Source: Fabric's core/chaincode/handler and core/common/privdata/store.</remarks>
internal readonly struct CollectionRequests(TransactionSimulator simulator, TransactionContext context, string name)
{
    private readonly string _chaincode = context.Chaincode;

    public byte[]? Get(string key)
    {
        CheckReader();
        return simulator.GetPrivateData(_chaincode, name, key);
    }

    public IReadOnlyList<byte[]?> GetSeveral(IEnumerable<string> keys)
    {
        CheckReader();
        return simulator.GetPrivateData(_chaincode, name, keys);
    }

    /// <summary>Returns a hash, which everybody may know.</summary>
    public byte[]? GetHash(string key) => simulator.GetPrivateDataHash(_chaincode, name, key);

    public IReadOnlyDictionary<string, byte[]>? GetMetadata(string key)
    {
        CheckReader();
        return simulator.GetPrivateDataMetadata(_chaincode, name, key);
    }

    public StateRange GetRange(string start, string end)
    {
        CheckReader();
        return simulator.GetPrivateDataRange(_chaincode, name, start, end);
    }

    /// <summary>Checks what is checked of a rich query before LevelDB refuses it.</summary>
    public void CheckQuery()
    {
        CheckReader();
        simulator.CheckPrivateQuery(_chaincode, name);
    }

    public void Put(string key, ByteString value)
    {
        CheckWriter();
        simulator.SetPrivateData(_chaincode, name, key, value.ToByteArray());
    }

    public void Delete(string key)
    {
        CheckWriter();
        simulator.SetPrivateData(_chaincode, name, key, value: null);
    }

    public void Purge(string key)
    {
        CheckWriter();
        simulator.SetPrivateData(_chaincode, name, key, value: null, isPurge: true);
    }

    public void PutMetadata(string key, IReadOnlyDictionary<string, byte[]> entries)
    {
        CheckWriter();
        simulator.SetPrivateDataMetadata(_chaincode, name, key, entries);
    }

    private void CheckReader()
    {
        if (Find() is { MemberOnlyRead: true } collection && !collection.Admits(context.Invocation.Creator))
        {
            throw Refused("read");
        }
    }

    private void CheckWriter()
    {
        if (Find() is { MemberOnlyWrite: true } collection && !collection.Admits(context.Invocation.Creator))
        {
            throw Refused("write");
        }
    }

    private CollectionDefinition? Find()
    {
        var collection = simulator.FindCollection(_chaincode, name);

        // Of implicit ones it is only asked later whether there is such an organisation.
        return collection is not null || name.StartsWith(CollectionDefinition.ImplicitPrefix, StringComparison.Ordinal)
            ? collection
            : throw new ChaincodeException(
                $"collection {context.Invocation.ChannelId}/{_chaincode}/{name} could not be found");
    }

    private ChaincodeException Refused(string access) =>
        new($"tx creator does not have {access} access permission on privatedata in chaincodeName:{_chaincode} "
            + $"collectionName: {name}");
}
