using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two gateways as processes on one PostgreSQL: whichever of the three is killed under load, what was acknowledged is
/// on the ledger, once.
/// </summary>
public sealed class InstanceCrashTests(InstancesFixture instances) : IClassFixture<InstancesFixture>
{
    [Fact]
    public async Task Issuing_LeaderFollowerAndDatabaseKilled_EachIsOnTheLedgerOnce_AndNothingIsUnfinished()
    {
        PostgresCluster.Require();
        await using var cluster = await PostgresCluster.StartAsync();
        string database = await cluster.CreateDatabaseAsync();
        var member = instances[LedgerFixture.Aurora];
        string[] settings = [.. GatewayHost.SettingsOf(member), .. instances.SharedOn(database)];
        await using (var first = await GatewayHost.StartAsync(member, instances.SharedOn(database)))
            await first.PrepareAsync();
        await new InstanceDrill(settings, cluster, database, member.ListIssuancesAsync).RunAsync();
    }
}
