using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Two universities' gateways on an embedded network in memory, with an achievement each.</summary>
public sealed class GatewaysFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Issuer { get; private set; } = null!;

    internal GatewayHost Partner { get; private set; } = null!;

    /// <summary>Has the members admit the partner as an accreditor, if it is none yet.</summary>
    internal async Task AdmitPartnerAsync()
    {
        string members = await Partner.Anyone.GetStringAsync("/v1/consortium");
        if (members.Contains("\"LindenMSP\",\"since\"", StringComparison.Ordinal)) return;

        await GatewayHost.OkAsync(await Issuer.PostAsync(
            "/v1/ballots", new { id = "admit-linden", action = "admitAccreditor", subject = "LindenMSP" }));
        await Agreed.AcceptAsync(this, "AuroraMSP.admit-linden");
        await Partner.SaysAsync("/v1/consortium", "\"LindenMSP\",\"since\"");
        await Issuer.SaysAsync("/v1/consortium", "\"LindenMSP\",\"since\"");
    }

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
