namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>The contract that every chaincode of contracts has, by which tools learn what the others offer.</summary>
internal static class SystemContract
{
    public const string Name = "org.hyperledger.fabric";
    public const string GetMetadata = "GetMetadata";
}
