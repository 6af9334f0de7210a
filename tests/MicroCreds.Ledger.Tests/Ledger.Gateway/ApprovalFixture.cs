using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway at which more than two credentials need a second pair of eyes.</summary>
public sealed class ApprovalFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Gateway { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Gateway = await GatewayHost.StartAsync(this[Aurora], "Approval=2", "TimeZone=Europe/Berlin");
        await Gateway.PrepareAsync();
        await Gateway.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        await DisposeAsync();
    }
}
