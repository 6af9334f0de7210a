using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// An embedded network, and a database and a key for several gateways of one of its institutions; nothing where there
/// is no PostgreSQL.
/// </summary>
public sealed class InstancesFixture : LedgerFixture, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("instances-").FullName;

    /// <summary>What all instances have in common.</summary>
    internal string[] Shared { get; private set; } = [];

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        if (PostgresCluster.Absence is not null) return;
        await InitializeAsync();
        Shared = SharedOn(await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync());
    }

    /// <summary>Settings for instances on a database.</summary>
    internal string[] SharedOn(string database)
    {
        string keyFile = Path.Combine(_folder, "issuer.pem");
        if (!File.Exists(keyFile))
        {
            using var key = IssuerPrivateKey.Generate(KeyAlgorithm.P256);
            File.WriteAllText(keyFile, key.ToPem());
        }

        return
        [
            "Database=" + database, "IssuerKeyFile=" + keyFile, "PublicUrl=https://credentials.aurora.example",
        ];
    }

    /// <summary>Starts two gateways of one institution.</summary>
    /// <param name="more">Further settings of both.</param>
    internal async Task<TwoInstances> StartTwoAsync(params string[] more)
    {
        PostgresCluster.Require();
        string[] settings = [.. Shared, .. more];
        var first = await GatewayHost.StartAsync(this[Aurora], settings);
        try
        {
            await first.PrepareAsync();
            return new TwoInstances(first, await GatewayHost.StartAsync(this[Aurora], settings));
        }
        catch
        {
            await first.DisposeAsync();
            throw;
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await DisposeAsync();
    }
}

/// <summary>Two gateways of one institution.</summary>
internal sealed class TwoInstances(GatewayHost first, GatewayHost second) : IAsyncDisposable
{
    private readonly HashSet<GatewayHost> _stopped = [];

    public GatewayHost[] All => [first, second];

    /// <summary>Waits until one leads, and gives it and the other.</summary>
    public async Task<(GatewayHost Leader, GatewayHost Follower)> RolesAsync()
    {
        bool[] leads = [];
        await Until.TrueAsync(
            async () =>
            {
                leads = await Task.WhenAll(All.Select(Instances.LeadsAsync));
                return leads.Count(one => one) == 1;
            },
            () => $"who leads: {string.Join(", ", leads)}");
        return leads[0] ? (first, second) : (second, first);
    }

    /// <summary>Stops one; the other goes on.</summary>
    public async Task StopAsync(GatewayHost host)
    {
        if (_stopped.Add(host)) await host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in All)
        {
            await StopAsync(host);
            Directory.Delete(host.DataDirectory, recursive: true);
        }
    }
}
