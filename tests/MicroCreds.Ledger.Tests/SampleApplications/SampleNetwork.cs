using AssetTransfer;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Fabric.Generators;

namespace MicroCreds.Ledger.Tests.SampleApplications;

/// <summary>
/// The sample consortium with the samples' chaincode, and beside it the contract of every shape: embedded, or on real
/// Fabric where the variable <c>TEST_ENGINE</c> names another engine.
/// </summary>
public sealed class SampleNetwork : OwnChaincodeNetwork
{
    protected override CollectionSettings[] Collections =>
    [
        new()
        {
            Name = "assetCollection", Policy = "OR('AuroraMSP.member', 'TejoMSP.member')", RequiredPeerCount = 0,
            MaxPeerCount = 1, MemberOnlyRead = true, MemberOnlyWrite = true,
        },
    ];

    protected override IChaincode NewChaincode() => new SamplesAndShapes();

    private sealed class SamplesAndShapes : IChaincode
    {
        private readonly IChaincode _samples = SampleChaincode.Create();
        private readonly ContractChaincode _shapes = new(Shapes.Typed());

        public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken) =>
            stub.GetFunctionAndParameters().Function.StartsWith("shapes:", StringComparison.Ordinal)
                ? _shapes.InvokeAsync(stub, cancellationToken)
                : _samples.InvokeAsync(stub, cancellationToken);
    }
}
