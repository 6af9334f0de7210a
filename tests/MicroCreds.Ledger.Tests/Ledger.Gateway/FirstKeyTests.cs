using System.Net;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Another first key ends the one before, whatever copy of the data is started.</summary>
public sealed class FirstKeyTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Second = "second-key-0123456789-0123456789-0123456789";

    [Fact]
    public async Task Rotated_ByConfiguration_EndsTheOld_AlsoOnARestoredStore()
    {
        TestStore.RequireFile("This test puts an old copy of the store's file back; PostgreSQL has tools of its own.");
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        string[] roles = ["reader"];
        using var made = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/api-keys", new { name = "x", roles }));
        await gateway.StopAsync();
        string copy = Directory.CreateTempSubdirectory("copy-").FullName;
        try
        {
            CopyStore(gateway.DataDirectory, copy);
            gateway.More = [$"ApiKey={Second}"];
            await gateway.StartAsync();
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, GatewayHost.ApiKey));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, Second));
            await gateway.RestartAsync();
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, GatewayHost.ApiKey));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, Second));

            // Once the ledger knows, a copy from before does not take it either, even where the old one is configured.
            await gateway.SaysAsAsync(Second, "/v1/api-keys", "\"withdrawalOnLedger\":true");
            await gateway.StopAsync();
            CopyStore(copy, gateway.DataDirectory);
            gateway.More = [];
            await gateway.StartAsync();
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, GatewayHost.ApiKey));
            await gateway.StopAsync();
            gateway.More = [$"ApiKey={Second}"];
            await gateway.StartAsync();
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, GatewayHost.ApiKey));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, Second));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task Rotated_ByItsFile_EndsTheOld()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian], "ApiKey=");
        string file = Path.Combine(gateway.DataDirectory, "api-key");
        string first = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, first));
        await File.WriteAllTextAsync(file, Second + "\n", TestContext.Current.CancellationToken);
        await gateway.RestartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, first));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, Second));

        // Who takes the file away after reading it keeps the key.
        File.Delete(file);
        await gateway.RestartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, Second));
    }

    [Fact]
    public async Task TwoGateways_ThatStartAtOnceOnAnEmptyStore_MakeOneFirstKey()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var services = gateways.Issuer.Services;
        var made = new List<string>();
        (GatewayServiceOptions Options, ApiKeyRing Ring)[] starting =
        [
            .. Enumerable.Range(0, 2).Select(i =>
            {
                var options = services.GetRequiredService<GatewayServiceOptions>() with
                {
                    ApiKey = null,
                    DataDirectory = Directory.CreateDirectory(Path.Combine(sample.Folder, $"gateway-{i}")).FullName,
                };
                return (options, new ApiKeyRing(
                    store, services.GetRequiredService<LedgerProjection>(),
                    services.GetRequiredService<FirstCatchUp>(), options, TimeProvider.System));
            }),
        ];
        foreach (var (options, ring) in starting)
        {
            await new FirstKey(ring, store, options, NullLogger<FirstKey>.Instance).TakeAsync();
            string file = Path.Combine(options.DataDirectory, "api-key");
            if (File.Exists(file)) made.Add((await File.ReadAllTextAsync(file, Cancellation)).Trim());
        }

        string only = Assert.Single(made);
        foreach (var (_, ring) in starting)
            Assert.Equal(FirstKey.Name, (await ring.IdentifyAsync(only, Cancellation))?.Name);
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost gateway, string key)
    {
        using var client = gateway.With(key);
        using var answer = await client.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static void CopyStore(string from, string to)
    {
        foreach (string old in Directory.GetFiles(to, "store.db*"))
            File.Delete(old);
        foreach (string file in Directory.GetFiles(from, "store.db*"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
