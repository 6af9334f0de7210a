using System.Net;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Another first key ends the one before, whatever copy of the data is started.</summary>
public sealed class FirstKeyTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
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
