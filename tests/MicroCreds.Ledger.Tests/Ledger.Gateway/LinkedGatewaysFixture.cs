using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two universities' gateways, of which the second knows where the first one is, and where a third member's ought to
/// be, in whose place somebody hostile answers.
/// </summary>
public sealed class LinkedGatewaysFixture : LedgerFixture, IAsyncLifetime
{
    internal GatewayHost Issuer { get; private set; } = null!;

    internal GatewayHost Partner { get; private set; } = null!;

    internal HostileMember Hostile { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Hostile = await HostileMember.StartAsync();

        // An address of its own, so that it is found there again after it was away.
        Issuer = await GatewayHost.StartAsync(this[Aurora], $"Listen=http://{FreePorts.TakeAddress()}");
        Partner = await GatewayHost.StartAsync(
            this[Linden],
            $"MemberGateways={Aurora}={Issuer.Anyone.BaseAddress},{Tejo}={Hostile.Url}, {Meridian}=http://127.0.0.1:1");
        await Issuer.PrepareAsync();
        await Partner.PrepareAsync();
        await Issuer.SettleAsync();
        await Partner.SettleAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Issuer is not null) await Issuer.DisposeAsync();
        if (Partner is not null) await Partner.DisposeAsync();
        if (Hostile is not null) await Hostile.DisposeAsync();
        await DisposeAsync();
    }
}

/// <summary>Tests that share the linked gateways, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class LinkedGatewaysTests : ICollectionFixture<LinkedGatewaysFixture>
{
    public const string Name = "Linked gateways";
}

/// <summary>What answers where a member's gateway ought to be; what it is asked is counted.</summary>
internal sealed class HostileMember : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _asked;

    private HostileMember()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            Interlocked.Increment(ref _asked);
            await Answer(context);
        });
    }

    /// <summary>Where it is.</summary>
    public string Url => _server.Urls.Single();

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    /// <summary>How it answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public static async Task<HostileMember> StartAsync()
    {
        var member = new HostileMember();
        await member._server.StartAsync(TestContext.Current.CancellationToken);
        return member;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
