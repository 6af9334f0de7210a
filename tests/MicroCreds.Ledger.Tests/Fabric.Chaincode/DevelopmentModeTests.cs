using AssetTransfer;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A chaincode beside a real peer in development mode, which it dials.</summary>
public sealed class DevelopmentModeTests
{
    private const string Name = "assets";
    private const string Id = "assets:1.0";

    [Fact]
    public async Task Chaincode_ThatDialsARealPeer_IsCalledThroughItsGateway()
    {
        await using var peer = await DevelopmentPeer.StartAsync();
        await peer.DeployAsync(Name, Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var options = ChaincodeClientOptions.FromEnvironment(
            ["-peer.address", peer.ChaincodeAddress], name => name == "CORE_CHAINCODE_ID_NAME" ? Id : null);
        var running = ChaincodeClient.RunAsync(
            SampleChaincode.Create(), options with { LoggerFactory = NullLoggerFactory.Instance }, stop.Token);

        using var channel = PeerChannel.Open(new PeerChannelOptions { Endpoint = peer.Endpoint, Plaintext = true });
        string msp = peer.MspOf("User1");
        using var signer = PrivateKeySigner.FromPemFile(Directory.GetFiles(Path.Combine(msp, "keystore")).Single());
        using var gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = X509Identity.FromPemFile(
                DevelopmentPeer.MspId, Directory.GetFiles(Path.Combine(msp, "signcerts")).Single()),
            Signer = signer,
        });
        var assets = gateway.GetNetwork(DevelopmentPeer.Channel).GetContract(Name).As<IBasicAssets>();
        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                try
                {
                    await assets.AssetExistsAsync("asset1");
                    return true;
                }
                catch (EvaluateException)
                {
                    return false;
                }
            },
            () => "The peer does not find the chaincode that dialled it.");
        await assets.InitLedgerAsync();
        Assert.Equal("Tomoko", (await assets.ReadAssetAsync("asset1")).Owner);

        await stop.CancelAsync();
        await running;
    }
}
