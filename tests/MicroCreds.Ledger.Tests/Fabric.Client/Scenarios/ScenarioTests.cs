using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>
/// The acceptance scenarios of fabric-gateway's official clients, with this client and chaincodes on this library, on
/// the embedded network or on real Fabric (<c>TEST_ENGINE=native</c>): read from the folder <c>scenario/features</c>
/// that <c>GATEWAY_SCENARIOS</c> names.
/// </summary>
public sealed class ScenarioTests(ScenarioNetworks networks) : IClassFixture<ScenarioNetworks>
{
    private const string Variable = "GATEWAY_SCENARIOS";

    private static string Folder => Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>All but those that need a hardware token.</summary>
    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (var scenario in Scenarios())
        {
            all.Add(scenario.Feature, scenario.Name);
        }

        if (all.Count == 0)
        {
            all.Add("none", "none");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Scenario_OfFabricsOwnClients_Passes(string feature, string name)
    {
        Assert.SkipWhen(
            feature == "none", $"{Variable} names no folder with the features of fabric-gateway's scenarios.");
        Assert.True(
            Directory.Exists(Path.Combine(Folder, "..", "fixtures")),
            $"Beside {Folder} there is no folder fixtures: the scenarios' collections of private data are in it.");
        await using var world = new ScenarioWorld(networks, Folder);
        foreach (var step in Scenarios().First(one => one.Feature == feature && one.Name == name).Steps)
        {
            await world.TakeAsync(step);
        }
    }

    private static IEnumerable<Scenario> Scenarios() => Folder.Length == 0
        ? []
        : Directory.GetFiles(Folder, "*.feature").Order(StringComparer.Ordinal)
            .Where(file => !file.Contains("_hsm", StringComparison.Ordinal)).SelectMany(FeatureFile.Read);
}
