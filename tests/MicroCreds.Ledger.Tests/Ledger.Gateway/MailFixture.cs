using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway that writes to its learners, with a mail server of its own.</summary>
public sealed class MailFixture : LedgerFixture, IAsyncLifetime
{
    internal MailServer Server { get; } = new();

    internal GatewayHost Gateway { get; private set; } = null!;

    internal GatewayHost Partner { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Server.Start();
        Gateway = await GatewayHost.StartAsync(
            this[Aurora], $"MailServer=smtp://127.0.0.1:{Server.Port}",
            "MailFrom=Registrar of Aurora <registrar@aurora.example>", "MailPerMinute=60000");
        Partner = await GatewayHost.StartAsync(this[Linden]);
        await Gateway.PrepareAsync();
        await Partner.PrepareAsync();
        await Gateway.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Partner is not null) await Partner.DisposeAsync();
        await Server.DisposeAsync();
        await DisposeAsync();
    }
}
