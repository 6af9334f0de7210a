using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Chaincode;

namespace AssetTransfer;

/// <summary>The sample chaincode.</summary>
public static class SampleChaincode
{
    /// <summary>Creates it, with its three contracts.</summary>
    public static IChaincode Create() => new ContractChaincode(
        ContractDefinition.Of<IBasicAssets>(context => new BasicAssets(context)),
        AssetEvents.Define(),
        PrivateAssets.Define());
}
