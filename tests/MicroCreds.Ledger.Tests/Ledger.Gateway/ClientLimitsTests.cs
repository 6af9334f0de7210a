using System.Net;
using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a request costs, and what is refused.</summary>
public sealed class ClientLimitsTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    [Fact]
    public void Routes_ThatVerifyOrAskThePeer_CostMoreThanOthers()
    {
        var costs = gateways.Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<RouteCost>() is not null)
            .Select(route => string.Join(
                ' ', route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0],
                route.RoutePattern.RawText!.TrimEnd('/'), route.Metadata.GetMetadata<RouteCost>()!.Units))
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "GET /.well-known/openid-credential-issuer/{**rest} 5", "GET /.well-known/openid-federation 5",
                "GET /c/{secret} 5", "GET /c/{secret}/credential 5", "GET /claim/{secret} 5",
                "GET /desk/award-applications/{id} 5", "GET /desk/practice/{id} 5", "GET /desk/requests/{id} 20",
                "GET /federation/fetch 5", "GET /federation/list 5", "GET /federation/resolve 5",
                "GET /federation/trust-mark 5", "GET /log/checkpoint 5",
                "GET /log/filter/{size:long:min(0)} 5",
                "GET /log/filter/{size:long:min(0)}/since/{earlier:long:min(0)} 5",
                "GET /log/tile/{level}/{**index} 5",
                "GET /log/tile/{level}/{index} 5", "GET /me 5", "GET /me/record 5", "GET /me/transcript 5",
                "GET /me/{id} 5", "GET /me/{id}/files/{form} 5", "GET /practice-evidence/{secret} 5",
                "GET /practice-evidence/{secret}/statements 5", "GET /transcript/{secret} 5",
                "GET /transcript/{secret}/frame 5", "GET /v1/credentials/{id}/bundle 5",
                "GET /v1/credentials/{id}/elm 5", "GET /v1/issuing-requests/{id}/check 20",
                "GET /v1/log/filter 5", "GET /v1/log/proofs/{mspId}/{root}/{index:int:min(0)} 5",
                "GET /v1/log/renewal 5", "GET /v1/presentation-requests/{id} 5", "GET /v1/recognitions 5",
                "GET /verify/wallet/{id} 5",
                "GET /wallet/authorization 5", "GET /wallet/offers/{secret} 5",
                "GET /wallet/presentation-requests/{secret} 5", "GET /{part1}/.well-known/openid-federation 5",
                "GET /{part1}/{part2}/.well-known/openid-federation 5",
                "GET /{part1}/{part2}/{part3}/.well-known/openid-federation 5",
                "GET /{part1}/{part2}/{part3}/{part4}/.well-known/openid-federation 5",
                "POST /claim/{secret} 5",
                "POST /claim/{secret}/renewal 5", "POST /claim/{secret}/wallet-offers 5",
                "POST /desk/award-applications/{id}/award 5",
                "POST /desk/batches/{id}/handout 20", "POST /desk/many/{id} 20",
                "POST /desk/practice/{id}/award 5", "POST /desk/recognition 5", "POST /desk/withdraw/{id} 20",
                "POST /log/add-checkpoint 5",
                "POST /me/reading 5", "POST /me/{id}/shares 5", "POST /me/{id}/wallet-offers 5",
                "POST /practise/{rule} 5",
                "POST /practised/{secret}/request 5", "POST /progress 5", "POST /progress/application 5",
                "POST /progress/goals 5", "POST /progress/milestone 5", "POST /progress/plan 20",
                "POST /progress/sharing 5", "POST /progress/sharing/withdrawal 5",
                "POST /v1/award-applications/{id}/award 5", "POST /v1/batches 20",
                "POST /v1/batches/{id}/retry 20", "POST /v1/bundles 5", "POST /v1/goals 5",
                "POST /v1/learner-records 5",
                "POST /v1/pathways/{id}/{version:int:min(1)}/applications 5",
                "POST /v1/pathways/{id}/{version:int:min(1)}/awards 5",
                "POST /v1/pathways/{mspId}/{id}/{version:int:min(1)}/evaluations 5",
                "POST /v1/pathways/{mspId}/{id}/{version:int:min(1)}/plans 20", "POST /v1/practices/{id}/award 5",
                "POST /v1/presentation-requests 5", "POST /v1/recognitions 5",
                "POST /v1/status-batches 20", "POST /v1/verifications 5", "POST /verify 5", "POST /verify/wallet 5",
                "POST /verify/wallet/{id}/answer 5",
                "POST /wallet/authorization 5", "POST /wallet/credential 5", "POST /wallet/deferred-credential 5",
                "POST /wallet/nonce 5", "POST /wallet/notification 5",
                "POST /wallet/presentation-requests/{secret} 5",
                "POST /wallet/presentation-requests/{secret}/answer 5", "POST /wallet/pushed-requests 5",
                "POST /wallet/token 5",
            ],
            costs);
    }

    [Fact]
    public async Task Key_UsedFromManyAddresses_IsLimitedAsOneAndOthersAreNot()
    {
        using var limits = Limits(clientUnits: 1);
        int answered = 0;
        while (await RefusalAsync(limits, $"192.0.2.{answered + 1}", "shared") is null)
            answered++;
        Assert.InRange(answered, RouteCost.Batch, 100);
        var refusal = await RefusalAsync(limits, "192.0.2.200", "shared", RouteCost.Batch);
        Assert.Contains("API key", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(limits, "192.0.2.201", "another"));
        Assert.Null(await RefusalAsync(limits, "192.0.2.202", null));
    }

    [Fact]
    public async Task AllTogether_AreLimited()
    {
        using var limits = Limits(clientUnits: 100, allUnits: 2);
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", null, RouteCost.Batch));
        var refusal = await RefusalAsync(limits, "192.0.2.2", "a key", RouteCost.Batch);
        Assert.Contains("gateway", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsAtATime_MoreThanOneClientMayHave_AreRefusedUntilOneIsAnswered()
    {
        using var limits = Limits(atATime: 1);
        var isAnswered = new TaskCompletionSource();
        var first = SendAsync(limits, Request("192.0.2.1", null), isAnswered.Task);
        Assert.Contains(
            "under way", (await RefusalAsync(limits, "192.0.2.1", null))!.Message, StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(limits, "192.0.2.2", null));
        isAnswered.SetResult();
        await first;
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", null));
    }

    [Fact]
    public async Task Kept_ForOneNetwork_IsSoMuchAndNoMore_AndTakesNothingFromOthers()
    {
        using var limits = Limits(clientUnits: 100_000, allUnits: 100_000);
        var keeps = new KeepsForAnybody();
        for (int i = 0; i < ClientLimits.KeptAtATime; i++)
            Assert.Null(await RefusalAsync(limits, $"2001:db8::{i + 1:x}", null, also: keeps));
        var refusal = await RefusalAsync(limits, "2001:db8::ffff", null, also: keeps);
        Assert.Contains("were kept", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(limits, "2001:db8::ffff", null));
        Assert.Null(await RefusalAsync(limits, "2001:db8:1::1", null, also: keeps));
    }

    [Fact]
    public async Task Site_OfManyNetworks_TakesAsMuchAsAFewAndNothingFromOthers()
    {
        using var limits = Limits(clientUnits: 2);
        int answered = 0;
        while (await RefusalAsync(limits, $"2001:db8:0:{answered:x}::1", null, RouteCost.Batch) is null) answered++;

        // A unit or two come back while it is asked.
        Assert.InRange(answered, ClientLimits.NetworksOfASite, ClientLimits.NetworksOfASite + 2);
        Assert.Null(await RefusalAsync(limits, "2001:db8:1::1", null, RouteCost.Batch));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Probes_AreAnsweredWhileOthersAskTooMuch_AndOneAddressIsLimited(string path)
    {
        using var limits = Limits(clientUnits: 2, allUnits: 1);
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", null, RouteCost.Batch));
        while (await RefusalAsync(limits, "192.0.2.2", null) is null)
        {
            // Until nothing is left for anybody.
        }

        int answered = 0;
        while (await ProbeAsync(limits, path)) answered++;
        Assert.InRange(answered, 2 * ClientLimits.BurstSeconds, 100);
    }

    [Fact]
    public async Task Arriving_IsBoundedBeforeAnybodyIsAskedWhoItIs()
    {
        using var limits = Limits(atATime: 2);
        var isKnown = new TaskCompletionSource();
        Task[] arriving =
        [
            .. Enumerable.Range(0, 2).Select(_ => limits.ArriveAsync(Request("192.0.2.1", null), _ => isKnown.Task)),
        ];
        var refusal = await RefusalAsync(limits, "192.0.2.1", "a key");
        Assert.Contains("arriving", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(limits, "192.0.2.2", "a key"));
        isKnown.SetResult();
        await Task.WhenAll(arriving);
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", "a key"));
    }

    [Fact]
    public async Task Waiting_IsCountedApartFromWhatIsUnderWay()
    {
        using var limits = Limits(atATime: 1);
        var isAnswered = new TaskCompletionSource();
        var waits = new WaitsForLong();
        Task[] waiting =
        [
            .. Enumerable.Range(0, 5).Select(_ => SendAsync(
                limits, Request("192.0.2.1", null, also: waits), isAnswered.Task)),
        ];
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", null));
        isAnswered.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task RetryAfter_OnceItIsOver_IsTrue()
    {
        // The limiter's own word would be rounded down here: 20 units at 3 a second.
        using var limits = Limits(clientUnits: 3);
        ProblemException? refusal = null;
        while (refusal is null)
            refusal = await RefusalAsync(limits, "192.0.2.1", "a key", RouteCost.Batch);

        // What is told is what is tested: nothing else can be waited for.
        await Task.Delay(refusal.RetryAfter!.Value, TestContext.Current.CancellationToken);
        Assert.Null(await RefusalAsync(limits, "192.0.2.1", "a key", RouteCost.Batch));
    }

    [Fact]
    public async Task WrongKeys_AreLimitedByTheirAddress()
    {
        await using var gateway = await GatewayHost.StartAsync(
            gateways.Issuer.Member, "LimitLoopback=true", "ClientUnitsPerSecond=1");
        var seen = new HashSet<HttpStatusCode>();
        for (int guess = 0; guess < 1000 && !seen.Contains(HttpStatusCode.TooManyRequests); guess++)
        {
            using var guessing = gateway.With($"guessed-{guess}-0123456789-0123456789-0123456789");
            using var answer = await guessing.GetAsync("/v1/api-keys", TestContext.Current.CancellationToken);
            seen.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], seen.Order());
    }

    private static ClientLimits Limits(int clientUnits = 100, int allUnits = 2000, int atATime = 64) =>
        new(new GatewayServiceOptions
        {
            MspId = "AuroraMSP",
            PeerEndpoint = "127.0.0.1:1",
            PeerTlsCa = "",
            UserCert = "",
            UserKey = "",
            DataDirectory = "",
            ClientUnitsPerSecond = clientUnits,
            UnitsPerSecond = allUnits,
            ClientRequestsAtATime = atATime,
        });

    private static async Task<ProblemException?> RefusalAsync(
        ClientLimits limits, string address, string? key, int cost = RouteCost.Plain, object? also = null)
    {
        try
        {
            await SendAsync(limits, Request(address, key, cost, also), Task.CompletedTask);
            return null;
        }
        catch (ProblemException refusal)
        {
            Assert.Equal(ProblemKind.TooManyRequests, refusal.Kind);
            return refusal;
        }
    }

    private static async Task<bool> ProbeAsync(ClientLimits limits, string path)
    {
        var request = Request("192.0.2.9", null);
        request.Request.Path = path;
        try
        {
            await SendAsync(limits, request, Task.CompletedTask);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    private static Task SendAsync(ClientLimits limits, HttpContext request, Task answer) =>
        limits.ArriveAsync(request, identified => limits.CheckAsync(identified, _ => answer));

    private static DefaultHttpContext Request(
        string address, string? key, int cost = RouteCost.Plain, object? also = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        if (key is not null)
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, key)], "key"));
        object[] said = also is null ? [new RouteCost(cost)] : [new RouteCost(cost), also];
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(said), "a route"));
        return context;
    }
}
