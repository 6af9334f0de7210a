using System.Net.Http.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>As <see cref="InstanceCrashTests"/>, with the two gateways at a peer of real Fabric.</summary>
public sealed class InstancesOnFabricTests
{
    [Fact]
    public async Task Issuing_LeaderFollowerAndDatabaseKilled_EachIsOnTheLedgerOnce_AndNothingIsUnfinished()
    {
        Assert.SkipUnless(
            RunningConsortium.Engine == "native",
            "Several gateways at a real peer: scripts/test.sh --engine native. On the embedded one they are tested by "
            + "themselves.");
        PostgresCluster.Require();
        await using var consortium = new RunningConsortium();
        await consortium.InitializeAsync();
        var institution = consortium[0];
        consortium.Kill($"gateway-{institution.MspId}");
        string keyFile = Path.Combine(consortium.State, "issuer-of-two.pem");
        using (var key = IssuerPrivateKey.Generate(KeyAlgorithm.P256))
            await File.WriteAllTextAsync(keyFile, key.ToPem(), TestContext.Current.CancellationToken);

        await using var cluster = await PostgresCluster.StartAsync();
        string database = await cluster.CreateDatabaseAsync();
        string[] settings =
        [
            .. SettingsOf(consortium.Description, institution), "Database=" + database, "IssuerKeyFile=" + keyFile,
        ];
        using (var first = new GatewayProcess(settings))
        {
            await first.StartAsync();
            using var registered = await first.Registrar.PostAsJsonAsync(
                "/v1/institution/keys", new { }, TestContext.Current.CancellationToken);
            await GatewayHost.OkAsync(registered);
        }

        using var user = new LedgerUser(consortium.Description, institution);
        await new InstanceDrill(
            settings, cluster, database, () => user.ListIssuancesAsync(institution.MspId)).RunAsync();
    }

    private static string[] SettingsOf(NetworkDescription network, RunningInstitution institution) =>
    [
        $"MspId={institution.MspId}", $"Channel={network.Channel}", $"Chaincode={network.Chaincode}",
        $"PeerEndpoint={institution.PeerEndpoint}",
        $"PeerTlsCa={institution.PeerTlsCa}", $"PeerTlsName=peer0.{institution.Domain}",
        $"UserCert={institution.UserCert}", $"UserKey={institution.UserKey}",
        $"AdminCert={institution.UserCert.Replace("User1@", "Admin@", StringComparison.Ordinal)}",
        $"AdminKey={institution.UserKey.Replace("User1@", "Admin@", StringComparison.Ordinal)}",
        $"PublicUrl={institution.GatewayUrl}", $"ApiKey={GatewayHost.ApiKey}",
    ];
}
