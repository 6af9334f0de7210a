using System.Text;
using AssetTransfer;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.SampleApplications;

/// <summary>What the sample's private contract does between two organisations that agree, or do not.</summary>
public sealed class PrivateAssetsTests : IAsyncLifetime
{
    private const string Seller = "Org1MSP";
    private const string Buyer = "Org2MSP";
    private const string Shared = "assetCollection";
    private const string Asset = """{"id":"a","color":"red","size":1,"owner":"","appraisedValue":0}""";

    private TestLedger _ledger = null!;
    private TestClient _seller = null!;
    private TestClient _buyer = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync(SampleChaincode.Create(), new TestChannelOptions
        {
            EndorsementPolicy = $"OR('{Seller}.peer', '{Buyer}.peer')",
            Collections =
            [
                new CollectionSettings
                {
                    Name = Shared, Policy = $"OR('{Seller}.member', '{Buyer}.member')",
                },
            ],
        });
        (_seller, _buyer) = (_ledger.NewClient(Seller), _ledger.NewClient(Buyer));
        await SubmitAsync(_seller, "CreateAsset", [], ("asset", Asset), ("value", "7000"));
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Agreed_ItIsHandedOver_AndNeitherPeerKnowsMoreThanItsOwn()
    {
        await SubmitAsync(_buyer, "AgreeToTransfer", ["a"], ("value", "7000"));
        await SubmitAsync(_seller, "TransferAsset", ["a", Buyer]);
        Assert.Equal(
            $$"""{"id":"a","color":"red","size":1,"owner":"{{Buyer}}"}""",
            Encoding.UTF8.GetString(_ledger.GetPrivateData(Buyer, Shared, "a")!));
        Assert.Equal("7000", Encoding.UTF8.GetString(_ledger.GetPrivateData(Buyer, $"_implicit_org_{Buyer}", "a")!));
        Assert.Null(_ledger.GetPrivateData(Seller, $"_implicit_org_{Buyer}", "a"));
        Assert.Equal((403, "a belongs to Org2MSP: only its owner can do that."), await RefusalAsync());
    }

    [Fact]
    public async Task NotAgreed_OrToAnotherWorth_ItStays()
    {
        Assert.Equal((409, "Org2MSP has not agreed to take a: it must first."), await RefusalAsync());
        await SubmitAsync(_buyer, "AgreeToTransfer", ["a"], ("value", "6999"));
        Assert.Equal((409, "Org2MSP and Org1MSP think otherwise of what a is worth."), await RefusalAsync());
    }

    private async Task<(int Status, string Message)> RefusalAsync()
    {
        var refused = await Assert.ThrowsAsync<ChaincodeException>(
            () => SubmitAsync(_seller, "TransferAsset", ["a", Buyer]));
        return (refused.Status, refused.Message);
    }

    private Task<TestTransaction> SubmitAsync(
        TestClient client, string name, string[] arguments, params (string Name, string Value)[] transient) =>
        _ledger.SubmitAsync(client, $"private:{name}", new ProposalOptions
        {
            Arguments = [.. arguments],
            Transient = transient.ToDictionary(
                one => one.Name, one => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(one.Value)),
            EndorsingOrganizations = [client.MspId],
        });
}
