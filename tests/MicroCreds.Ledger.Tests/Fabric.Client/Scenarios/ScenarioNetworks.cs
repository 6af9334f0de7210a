using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>
/// The networks that scenarios run on: embedded, each scenario on one of its own; or on real Fabric where
/// <c>TEST_ENGINE</c> is native, those of one chaincode and policy on one.
/// </summary>
public sealed class ScenarioNetworks : IAsyncLifetime
{
    private readonly Dictionary<(string Chaincode, string Policy), ScenarioNetwork> _kept = [];

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var network in _kept.Values) await network.DisposeAsync();
    }

    /// <inheritdoc cref="ScenarioNetwork.Describe"/>
    internal async Task<ScenarioNetwork> GetAsync(string chaincode, string policy, string features)
    {
        if (RunningConsortium.Engine == "embedded")
            return await EmbeddedScenarioNetwork.StartAsync(chaincode, policy, features);

        var key = (chaincode, policy.Replace(" ", "", StringComparison.Ordinal));
        if (!_kept.TryGetValue(key, out var network))
            _kept[key] = network = await NativeScenarioNetwork.StartAsync(chaincode, policy, features);

        return network;
    }

    /// <summary>Takes a network back: one that cannot be used again ends.</summary>
    internal async Task ReturnAsync(ScenarioNetwork network, bool isChanged)
    {
        if (isChanged || !_kept.ContainsValue(network))
        {
            foreach (var one in _kept.Where(one => one.Value == network)) _kept.Remove(one.Key);
            await network.DisposeAsync();
        }
    }
}
