using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>One university issues, partners verify, the issuer changes its mind: through every gateway.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class MainFlowTests(RunningConsortium consortium)
{
    private const string Achievement = "data-literacy";

    private RunningInstitution Issuer => consortium[0];

    private IEnumerable<RunningInstitution> Others => consortium.Description.Institutions.Skip(1);

    [Fact]
    public async Task Credential_Issued_IsValidEverywhere()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Aino Korhonen"));
        foreach (var institution in consortium.Description.Institutions)
        {
            var verdict = await institution.VerifyUntilAsync(issued.Document, "valid");
            Assert.All(verdict["checks"]!.AsArray(), check => Assert.Equal("pass", (string?)check!["outcome"]));
            Assert.True((long)verdict["asOf"]!["block"]! > 0);
        }
    }

    [Fact]
    public async Task Credential_OneLetterChanged_IsInvalidForItsSignature()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Eero Korhonen"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var verdict = await consortium[1].VerifyAsync(issued.Document.Replace("Eero", "Eera"));
        Assert.Equal("invalid", (string?)verdict["verdict"]);
        Assert.Equal("fail", verdict.Outcome("signature"));
    }

    [Fact]
    public async Task Credential_Revoked_IsInvalidEverywhere_AndStaysSo()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Maija Laine"));
        var (status, _) = await Issuer.SendAsync(
            HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "issuedInError" });
        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var institution in consortium.Description.Institutions)
        {
            var verdict = await institution.VerifyUntilAsync(issued.Document, "invalid", "revoked");
            Assert.Equal("fail", verdict.Outcome("status"));
        }

        var (again, problem) = await Issuer.SendAsync(HttpMethod.Delete, $"{issued.Location}/suspension");
        Assert.True(again == HttpStatusCode.Conflict, problem?.ToString());
        await Issuer.VerifyUntilAsync(issued.Document, "invalid", "revoked");
    }

    [Fact]
    public async Task Credential_SuspendedThenReinstated_IsInvalidThenValid()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Onni Nieminen"));
        var (suspended, problem) = await Issuer.SendAsync(
            HttpMethod.Post, $"{issued.Location}/suspension", new { reason = "underReview" });
        Assert.True(suspended == HttpStatusCode.OK, problem?.ToString());
        foreach (var institution in Others)
        {
            await institution.VerifyUntilAsync(issued.Document, "invalid", "suspended");
        }

        var (reinstated, fault) = await Issuer.SendAsync(HttpMethod.Delete, $"{issued.Location}/suspension");
        Assert.True(reinstated == HttpStatusCode.OK, fault?.ToString());
        foreach (var institution in Others)
        {
            await institution.VerifyUntilAsync(issued.Document, "valid");
        }
    }

    [Fact]
    public async Task Credential_Superseded_NamesTheNewOneEverywhere()
    {
        var old = await Issuer.IssueAsync(Registrar.Request(Achievement, "Helmi Salo"));
        var replacement = await Issuer.IssueAsync(Registrar.Request(Achievement, "Helmi Saloo"));
        var (status, problem) = await Issuer.SendAsync(
            HttpMethod.Post, $"{old.Location}/revocation", new { reason = "superseded", replacedBy = replacement.Id });
        Assert.True(status == HttpStatusCode.OK, problem?.ToString());
        foreach (var institution in Others)
        {
            var verdict = await institution.VerifyUntilAsync(old.Document, "invalid", "superseded");
            Assert.Equal(replacement.Id, (string?)verdict["replacedBy"]!["id"]);
            await institution.VerifyUntilAsync(replacement.Document, "valid");
        }
    }

    [Fact]
    public async Task ForeignInstitution_CannotRevokeThroughItsGateway()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Veikko Heino"));
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        var (status, problem) = await consortium[1].SendAsync(
            HttpMethod.Post, $"/v1/credentials/{Issuer.MspId}.{issued.Root}.{issued.Index}/revocation",
            new { reason = "other" });
        Assert.True(status == HttpStatusCode.Forbidden, problem?.ToString());
        await Issuer.VerifyUntilAsync(issued.Document, "valid");
    }

    [Fact]
    public async Task Credential_ProofForAnotherIndexOrSize_IsInvalid()
    {
        var issued = await Issuer.IssueAsync(Registrar.Request(Achievement, "Lempi Aalto"));
        foreach (var (member, value) in new[] { ("index", 1), ("size", 2) })
        {
            var changed = issued.Json;
            changed["ledgerAnchor"]![member] = value;
            var verdict = await consortium[2].VerifyAsync(changed.ToJsonString());
            Assert.Equal("invalid", (string?)verdict["verdict"]);
        }
    }

    [Fact]
    public async Task Award_AskedForTwice_IsOneCredential()
    {
        var request = Registrar.Request(Achievement, "Toivo Mäkelä");
        var first = await Issuer.IssueAsync(request);
        var (status, body) = await Issuer.SendAsync(HttpMethod.Post, "/v1/credentials", request);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("alreadyIssued", (string?)body!["outcome"]);
        Assert.Equal(first.Id, (string?)body["id"]);
    }

    [Fact]
    public async Task Writing_WithoutALogin_IsRefused()
    {
        using var http = Issuer.Anyone();
        using var content = new StringContent(
            Registrar.Request(Achievement, "Nobody").ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/credentials", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(401, (int)problem["status"]!);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }
}
