using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Two universities' gateways on an embedded network in memory, with an achievement each.</summary>
public sealed class GatewaysFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Issuer { get; private set; } = null!;

    internal GatewayHost Partner { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Issuer = await GatewayHost.StartAsync(this[Aurora]);
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
