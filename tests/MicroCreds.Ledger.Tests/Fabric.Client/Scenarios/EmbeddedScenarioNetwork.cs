using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>The scenarios' network in this process: one for each scenario.</summary>
internal sealed class EmbeddedScenarioNetwork : ScenarioNetwork
{
    private readonly MicroCreds.Fabric.DevNetwork.DevNetwork _network;

    private EmbeddedScenarioNetwork(MicroCreds.Fabric.DevNetwork.DevNetwork network) => _network = network;

    protected override Consortium Consortium => _network.Consortium;

    protected override string State => _network.StateDirectory;

    /// <inheritdoc cref="ScenarioNetwork.Describe"/>
    public static async Task<ScenarioNetwork> StartAsync(string chaincode, string policy, string features)
    {
        var network = new EmbeddedScenarioNetwork(await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions
            {
                InMemory = true,
                Consortium = Describe(chaincode, policy, features, () => "127.0.0.1:0"),
            }));
        try
        {
            await network.ServeAsync(_ => chaincode);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public override Task StopPeerAsync(string peer) => _network.StopPeerAsync(peer);

    protected override ValueTask StopAsync() => _network.DisposeAsync();
}
