using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class StatusTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Suspend_Reinstate_ValidAgain()
    {
        byte[] document = await _issuer.IssueAsync("Suspended Learner");
        string path = $"/v1/credentials/{GatewayHost.IdOf(document)}/suspension";
        await GatewayHost.OkAsync(await _issuer.PostAsync(path, new { reason = "underReview" }));
        Assert.Equal("invalid", await _issuer.VerdictAsync(document));
        await GatewayHost.OkAsync(await _issuer.Registrar.DeleteAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("valid", await _issuer.VerdictAsync(document));

        var history = await _issuer.Anyone.GetFromJsonAsync<JsonNode>(
            path.Replace("suspension", "status", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal(["inForce", "suspended"], history!["items"]!.AsArray().Select(item => (string?)item!["state"]));
    }

    [Fact]
    public async Task Revoke_Again_ChangesNothing_ForAnotherReason_Conflicts()
    {
        byte[] document = await _issuer.IssueAsync("Revoked Learner");
        string path = $"/v1/credentials/{GatewayHost.IdOf(document)}";
        using var first = await _issuer.PostAsync($"{path}/revocation", new { reason = "misconduct" });
        using var again = await _issuer.PostAsync($"{path}/revocation", new { reason = "misconduct" });
        using var other = await _issuer.PostAsync($"{path}/revocation", new { reason = "withdrawn" });
        using var suspended = await _issuer.PostAsync($"{path}/suspension", new { reason = "underReview" });
        using var reinstated = await _issuer.Registrar.DeleteAsync(
            $"{path}/suspension", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, suspended.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, reinstated.StatusCode);
        Assert.DoesNotContain(
            "another reason", await reinstated.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reinstate_NeverSuspended_Conflicts()
    {
        byte[] document = await _issuer.IssueAsync("Standing Learner");
        using var answer = await _issuer.Registrar.DeleteAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/suspension", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task Supersede_NamesTheReplacement()
    {
        byte[] old = await _issuer.IssueAsync("Corected Learner");
        byte[] corrected = await _issuer.IssueAsync("Corrected Learner");
        string path = $"/v1/credentials/{GatewayHost.IdOf(old)}/revocation";
        using var nothing = await _issuer.PostAsync(path, new { reason = "superseded" });
        using var itself = await _issuer.PostAsync(
            path, new { reason = "superseded", replacedBy = GatewayHost.IdOf(old) });
        using var unknown = await _issuer.PostAsync(path, new { reason = "superseded", replacedBy = Guid.NewGuid() });
        Assert.All([nothing, itself, unknown], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));

        await GatewayHost.OkAsync(await _issuer.PostAsync(
            path, new { reason = "superseded", replacedBy = GatewayHost.IdOf(corrected) }));
        var verdict = await _issuer.VerifyAsync(old);
        Assert.Equal("invalid", (string?)verdict["verdict"]);
        Assert.Equal(GatewayHost.IdOf(corrected), (string?)verdict["replacedBy"]!["id"]);
        Assert.Equal("valid", await _issuer.VerdictAsync(corrected));
    }

    [Fact]
    public async Task Correction_BrokenOffBeforeTheOldOneWasRevoked_IsEndedByTheGateway()
    {
        byte[] old = await _issuer.IssueAsync("Korected Name");
        string corrects = GatewayHost.IdOf(old)["urn:uuid:".Length..];
        var services = _issuer.Services;
        byte[] row = Encoding.UTF8.GetBytes(GatewayHost.Row("Corrected Name").ToJsonString());
        var fingerprint = RequestFingerprint.Of(
            services.GetRequiredService<GatewayStore>(), "broken-off", IssuanceKind.Credential, row,
            isKnownByItsBody: false);
        var outcome = await services.GetRequiredService<CredentialIssuer>().IssueAsync(
            LedgerJson.Deserialize<CredentialRequest>(row), fingerprint, Caller.Gateway, parts: null,
            new IssuingTerms { Corrects = corrects, Source = new IssuanceSource { Corrects = corrects } });
        Assert.Equal("valid", await _issuer.VerdictAsync(old));

        var later = DateTimeOffset.UtcNow.AddHours(1);
        Assert.Single(services.GetRequiredService<PendingCorrections>().List(later));
        await services.GetRequiredService<CorrectionRoutine>().EndAllAsync(later);
        var verdict = await _issuer.VerifyAsync(old);
        Assert.Equal("invalid", (string?)verdict["verdict"]);
        Assert.Equal($"urn:uuid:{outcome.Id}", (string?)verdict["replacedBy"]!["id"]);
        Assert.Empty(services.GetRequiredService<PendingCorrections>().List(later));
    }

    [Fact]
    public async Task Revoke_OfAnotherInstitution_IsForbidden()
    {
        byte[] document = await _issuer.IssueAsync("Foreign Learner");
        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        string place = $"{anchor["mspId"]}.{anchor["root"]}.{anchor["index"]}";
        var partner = gateways.Partner;
        using var answer = await partner.PostAsync($"/v1/credentials/{place}/revocation", new { reason = "other" });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
    }

    [Theory]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", 404)]
    [InlineData("nonsense", 404)]
    [InlineData("%F4%8F%BF%BF", 404)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000.0", 404)]
    public async Task Revoke_UnknownCredential_IsNotFound(string id, int status)
    {
        using var answer = await _issuer.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "other" });
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Revoke_IndexOutsideTheTree_IsNotFound()
    {
        byte[] document = await _issuer.IssueAsync("Lone Learner");
        string root = (string)JsonNode.Parse(document)!["ledgerAnchor"]!["root"]!;
        using var answer = await _issuer.PostAsync($"/v1/credentials/{root}.1/revocation", new { reason = "other" });
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"reason":"because"}""")]
    [InlineData("""{"reason":"underReview"}""")]
    [InlineData("""{"reason":"other","comment":"x"}""")]
    [InlineData("""{"reason":"other","replacedBy":"0f8fad5b-d9cb-469f-a165-70867728950e"}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    public async Task Revoke_BadBody_IsRefused(string body)
    {
        byte[] document = await _issuer.IssueAsync("Still Standing");
        using var answer = await _issuer.Registrar.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", GatewayHost.Json(body),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
    }

    [Fact]
    public async Task Revoke_AnswerLost_SameRequestFindsItself()
    {
        byte[] document = await _issuer.IssueAsync("Lost Status");
        string path = $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation";
        _issuer.Wire.LosesNextAnswer = true;
        using var unknown = await _issuer.PostAsync(path, new { reason = "other" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        await GatewayHost.OkAsync(await _issuer.PostAsync(path, new { reason = "other" }));
        Assert.Equal("invalid", await _issuer.VerdictAsync(document));
    }
}
