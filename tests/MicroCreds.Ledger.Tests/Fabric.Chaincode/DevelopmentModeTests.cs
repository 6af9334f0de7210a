using AssetTransfer;
using MicroCreds.Fabric.Chaincode;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A chaincode beside a real peer in development mode, which it dials.</summary>
public sealed class DevelopmentModeTests
{
    private const string Name = "assets";
    private const string Id = "assets:1.0";

    /// <summary>The peer's Fabric Gateway finds only chaincodes that are installed, and in this mode none is.</summary>
    [Fact]
    public async Task Chaincode_ThatDialsARealPeer_IsCalledByThePeersCommand()
    {
        await using var peer = await DevelopmentPeer.StartAsync();
        await peer.DeployAsync(Name, Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var options = ChaincodeClientOptions.FromEnvironment(
            ["-peer.address", peer.ChaincodeAddress], name => name == "CORE_CHAINCODE_ID_NAME" ? Id : null);
        var running = ChaincodeClient.RunAsync(
            SampleChaincode.Create(), options with { LoggerFactory = NullLoggerFactory.Instance }, stop.Token);

        await peer.InvokeAsync(Name, """{"Args":["InitLedger"]}""");
        Assert.Contains(
            """
            {"id":"asset1","color":"blue","size":5,"owner":"Tomoko","appraisedValue":300}
            """,
            await peer.QueryAsync(Name, """{"Args":["basic:ReadAsset","asset1"]}"""), StringComparison.Ordinal);

        Assert.False(running.IsCompleted, "The chaincode ended before it was told to.");
        await stop.CancelAsync();
        await running;
    }
}
