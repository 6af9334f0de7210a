using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway at which more than two credentials need a second pair of eyes.</summary>
public sealed class ApprovalFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Gateway { get; private set; } = null!;

    /// <summary>One at which everything does.</summary>
    internal GatewayHost Strict { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Gateway = await GatewayHost.StartAsync(this[Aurora], "Approval=2", "TimeZone=Europe/Berlin");
        Strict = await GatewayHost.StartAsync(this[Linden], "Approval=all");
        await Gateway.PrepareAsync();
        await Strict.PrepareAsync();
        await Gateway.SettleAsync();
        await Strict.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Strict is not null) await Strict.DisposeAsync();
        await DisposeAsync();
    }
}
