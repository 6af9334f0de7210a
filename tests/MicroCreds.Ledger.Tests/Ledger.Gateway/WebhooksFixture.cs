using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Two universities' gateways, of which one tells webhooks on this machine what happens.</summary>
public sealed class WebhooksFixture : LedgerFixture, IAsyncLifetime
{
    /// <summary>Webhooks on this machine, by plain http, that are tried again soon.</summary>
    internal static readonly string[] Settings =
    [
        "WebhookNetworks=127.0.0.0/8", "WebhookHttp=true", "WebhookRetries=" + string.Join(
            ',', Enumerable.Repeat("00:00:00.050", 200)),
    ];

    internal GatewayHost Issuer { get; private set; } = null!;

    internal GatewayHost Partner { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Issuer = await GatewayHost.StartAsync(this[Aurora], Settings);
        Partner = await GatewayHost.StartAsync(this[Linden]);
        await Issuer.PrepareAsync();
        await Partner.PrepareAsync();
        await Issuer.SettleAsync();
        await Partner.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        // What did not start must not hide why.
        if (Issuer is not null) await Issuer.DisposeAsync();
        if (Partner is not null) await Partner.DisposeAsync();
        await DisposeAsync();
    }
}

/// <summary>A webhook that a test registers, and removes when it is disposed.</summary>
internal sealed class RegisteredWebhook : IAsyncDisposable
{
    private readonly Func<GatewayHost> _gateway;

    private RegisteredWebhook(Func<GatewayHost> gateway, string id, string secret) =>
        (_gateway, Id, Secret) = (gateway, id, secret);

    public string Id { get; }

    public string Secret { get; }

    public string Address => $"/v1/webhooks/{Id}";

    public static async Task<RegisteredWebhook> AddAsync(GatewayHost gateway, string url, params string[] types)
    {
        using var answer = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/webhooks", new { url, types }));
        var added = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        return new RegisteredWebhook(() => gateway, (string)added["webhook"]!["id"]!, (string)added["secret"]!);
    }

    public async Task<JsonNode> ReadAsync() => (await _gateway().Registrar.GetFromJsonAsync<JsonNode>(
        Address, TestContext.Current.CancellationToken))!;

    /// <summary>Waits until something is so of it.</summary>
    public async Task<JsonNode> UntilAsync(Func<JsonNode, bool> isSo)
    {
        JsonNode? seen = null;
        await Until.TrueAsync(async () => isSo(seen = await ReadAsync()), () => $"{seen}");
        return seen!;
    }

    public async Task<JsonArray> DeliveriesAsync(string query = "") =>
        (await _gateway().Registrar.GetFromJsonAsync<JsonNode>(
            $"{Address}/deliveries{query}", TestContext.Current.CancellationToken))!["items"]!.AsArray();

    /// <summary>Waits until something is so of the delivery of a message.</summary>
    public async Task<JsonNode> UntilDeliveryAsync(string message, Func<JsonNode, bool> isSo)
    {
        JsonNode? seen = null;
        await Until.TrueAsync(
            async () => isSo(seen = (await _gateway().Registrar.GetFromJsonAsync<JsonNode>(
                $"{Address}/deliveries/{message}", TestContext.Current.CancellationToken))!),
            () => $"{seen}");
        return seen!;
    }

    public async ValueTask DisposeAsync()
    {
        using var removed = await _gateway().Registrar.DeleteAsync(Address);
    }
}
