using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Projection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class IssuingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    [Fact]
    public async Task Issue_VerifyRevoke_EveryGatewayAgrees()
    {
        byte[] document = await _issuer.IssueAsync("Flow Learner");
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
        await UntilAsync(_partner, document, "valid");

        string id = GatewayHost.IdOf(document);
        using var revoked = await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        Assert.Equal("invalid", await _issuer.VerdictAsync(document));
        await UntilAsync(_partner, document, "invalid");
    }

    [Fact]
    public async Task Issue_OneLetterChanged_IsInvalid()
    {
        byte[] document = await _issuer.IssueAsync("Changed Learner");
        byte[] changed = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(document).Replace("Changed Learner", "Charged Learner", StringComparison.Ordinal));
        Assert.Equal("invalid", await _issuer.VerdictAsync(changed));
    }

    [Fact]
    public async Task Issue_SameRequestTwice_FindsItself()
    {
        var request = GatewayHost.Row("Twice Learner");
        int before = _issuer.Wire.Submissions;
        using var first = await _issuer.PostAsync("/v1/credentials", request, "twice-of-a-test");
        using var second = await _issuer.PostAsync("/v1/credentials", request, "twice-of-a-test");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(before + 1, _issuer.Wire.Submissions);
    }

    [Fact]
    public async Task Issue_SameRequestAtOnce_OneIssuance()
    {
        var request = GatewayHost.Row("Simultaneous Learner");
        int before = _issuer.Wire.Submissions;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => _issuer.PostAsync("/v1/credentials", request, "at-once-of-a-test")));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal(before + 1, _issuer.Wire.Submissions);
    }

    [Fact]
    public async Task Issue_IdempotencyKeyForAnotherBody_IsRefused()
    {
        Task<HttpResponseMessage> SendAsync(string name) =>
            _issuer.PostAsync("/v1/credentials", GatewayHost.Row(name), "key-of-a-test");

        Assert.Equal(HttpStatusCode.Created, (await SendAsync("Keyed Learner")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync("Other Learner")).StatusCode);
    }

    [Fact]
    public async Task Issue_LedgerOutOfReach_503AndNothingKept()
    {
        var request = GatewayHost.Row("Unreachable Learner");
        _issuer.Wire.IsCut = true;
        using var refused = await _issuer.PostAsync("/v1/credentials", request);
        _issuer.Wire.IsCut = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.EndsWith("ledger-unavailable", await TypeOfAsync(refused), StringComparison.Ordinal);

        using var issued = await _issuer.PostAsync("/v1/credentials", request);
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        Assert.False(issued.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Issue_AnswerLost_SameRequestFindsItself()
    {
        var request = GatewayHost.Row("Lost Learner");
        _issuer.Wire.LosesNextAnswer = true;
        using var unknown = await _issuer.PostAsync("/v1/credentials", request, "lost-of-a-test");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.EndsWith("outcome-unknown", await TypeOfAsync(unknown), StringComparison.Ordinal);

        using var issued = await _issuer.PostAsync("/v1/credentials", request, "lost-of-a-test");
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        byte[] document = await issued.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
    }

    [Fact]
    public async Task Verify_LedgerOutOfReach_IndeterminateAnd503()
    {
        byte[] document = await _partner.IssueAsync("Indeterminate Learner");
        var follower = _partner.Services.GetRequiredService<ProjectionFollower>();
        _partner.Wire.IsCut = true;
        try
        {
            using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
            while (follower.IsCurrent)
            {
                await Task.Yield();
                deadline.Token.ThrowIfCancellationRequested();
            }

            using var content = new ByteArrayContent(document);
            using var answer = await _partner.Anyone.PostAsync("/v1/verifications", content, deadline.Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var verdict = await answer.Content.ReadFromJsonAsync<JsonNode>(deadline.Token);
            Assert.Equal("indeterminate", (string?)verdict!["verdict"]);
        }
        finally
        {
            _partner.Wire.IsCut = false;
        }

        await UntilAsync(_partner, document, "valid");
    }

    [Fact]
    public async Task Logs_AfterEverything_HoldNoName()
    {
        await _issuer.IssueAsync("Secretive Learner");
        using var broken = await _issuer.Registrar.PostAsync(
            "/v1/credentials",
            GatewayHost.Json("""{"achievement":"data-literacy","recipient":{"name":"Secretive Learner"},"x":1}"""),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.DoesNotContain("Secretive", _issuer.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<string> TypeOfAsync(HttpResponseMessage answer) =>
        (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]!;

    private static async Task UntilAsync(GatewayHost gateway, byte[] document, string verdict)
    {
        using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
        while (await gateway.VerdictAsync(document) != verdict)
            deadline.Token.ThrowIfCancellationRequested();
    }
}
