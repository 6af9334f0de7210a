using System.Net.Http.Json;
using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class AccreditationTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _accreditor = gateways.Partner;

    [Fact]
    public async Task Accreditation_ByBallotGrantedSuspendedWithdrawn_ShowsAtTheBlockOfAnchoring()
    {
        byte[] early = await _issuer.IssueAsync("Aino Early");
        await WarnsAsync(early, "neverAccredited");
        using var notYet = await _accreditor.PostAsync("/v1/accreditations", Grant());
        Assert.Equal(HttpStatusCode.Forbidden, notYet.StatusCode);

        var ballot = new { id = "admit-linden", action = "admitAccreditor", subject = "LindenMSP" };
        using var proposed = await _issuer.PostAsync("/v1/ballots", ballot);
        Assert.Equal(HttpStatusCode.Created, proposed.StatusCode);
        await VoteAsync(_issuer, "open");
        Assert.Contains("admit-linden", await TextAsync(_accreditor, "/v1/ballots?waiting=true"));
        await VoteAsync(_accreditor, null);
        await Agreed.AcceptAsync(gateways, "AuroraMSP.admit-linden");
        using var second = await _accreditor.PostAsync(
            "/v1/ballots/AuroraMSP.admit-linden/votes", new { approve = false });
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("\"LindenMSP\",\"since\"", await TextAsync(_accreditor, "/v1/consortium"));

        using var granted = await _accreditor.PostAsync("/v1/accreditations", Grant());
        Assert.Equal(HttpStatusCode.Created, granted.StatusCode);
        byte[] accredited = await _issuer.IssueAsync("Aino Accredited");
        var verdict = await VerdictUntilAsync(accredited, "accredited");
        Assert.Equal("pass", verdict.Outcome("accreditation"));
        Assert.Equal("LindenMSP", (string?)verdict["accreditation"]!["accreditor"]);
        Assert.Equal("https://linden.example/decisions/1", (string?)verdict["accreditation"]!["reference"]);
        await WarnsAsync(early, "accreditationLater");

        await GatewayHost.OkAsync(await _accreditor.PostAsync("/v1/accreditations/AuroraMSP/all/suspension", new { }));
        byte[] suspended = await _issuer.IssueAsync("Aino Suspended");
        await WarnsAsync(suspended, "accreditationSuspended");
        await GatewayHost.OkAsync(
            await _accreditor.Registrar.DeleteAsync(
                "/v1/accreditations/AuroraMSP/all/suspension", TestContext.Current.CancellationToken));
        await GatewayHost.OkAsync(await _accreditor.PostAsync("/v1/accreditations/AuroraMSP/all/withdrawal", new { }));
        byte[] late = await _issuer.IssueAsync("Aino Late");
        await WarnsAsync(late, "accreditationWithdrawn");
        Assert.Equal("pass", (await VerdictUntilAsync(accredited, "accredited")).Outcome("accreditation"));
        using var foreign = await _issuer.PostAsync("/v1/accreditations/AuroraMSP/all/suspension", new { });
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);

        // What is in memory is read again from the projection when the gateway starts.
        await _accreditor.RestartAsync();
        await WarnsAsync(late, "accreditationWithdrawn");
    }

    [Fact]
    public async Task Verification_AheadOfTheProjection_AsksThePeerOnce_ForAnchorAndAccreditation()
    {
        _accreditor.Wire.HidesBlocks = true;
        byte[] document = await _issuer.IssueAsync("Aino Ahead");
        JsonNode verdict = new JsonObject();
        string[] asked = [];
        await Until.TrueAsync(
            async () =>
            {
                _accreditor.Wire.Evaluations.Clear();
                verdict = await _accreditor.VerifyAsync(document);
                asked = [.. _accreditor.Wire.Evaluations];
                return (string?)verdict["verdict"] == "valid";
            },
            () => $"not valid: {verdict}");
        _accreditor.Wire.HidesBlocks = false;
        Assert.Equal([TransactionNames.GetVerificationRecords], asked);
        Assert.DoesNotContain("accreditationNotKnown", verdict.ToJsonString(), StringComparison.Ordinal);

        // Once the block is there, nobody is asked.
        await Until.TrueAsync(
            async () =>
            {
                _accreditor.Wire.Evaluations.Clear();
                await _accreditor.VerifyAsync(document);
                return _accreditor.Wire.Evaluations.IsEmpty;
            },
            () => "the peer is still asked");
    }

    private static object Grant() => new
    {
        mspId = "AuroraMSP",
        id = "all",
        scope = new { achievements = new[] { "data-literacy" } },
        reference = "https://linden.example/decisions/1",
    };

    private static async Task VoteAsync(GatewayHost host, string? state)
    {
        HttpStatusCode status = default;
        JsonNode? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                using var vote = await host.PostAsync(
                    "/v1/ballots/AuroraMSP.admit-linden/votes", new { approve = true });
                (status, answer) = (vote.StatusCode, await vote.Content.ReadFromJsonAsync<JsonNode>());
                return status == HttpStatusCode.OK;
            },
            () => $"{status}: {answer}");
        if (state is not null) Assert.Equal(state, (string?)answer!["state"]);
    }

    private async Task WarnsAsync(byte[] document, string code)
    {
        var verdict = await VerdictUntilAsync(document, code);
        Assert.Equal("warning", verdict.Outcome("accreditation"));
        Assert.Equal("valid", (string?)verdict["verdict"]);
    }

    /// <summary>Verifies until the accreditor's own gateway has read as much of the ledger.</summary>
    private async Task<JsonNode> VerdictUntilAsync(byte[] document, string code)
    {
        JsonNode verdict = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                verdict = await _accreditor.VerifyAsync(document);
                return verdict["checks"]!.AsArray().Any(check => (string?)check!["code"] == code)
                    && (string?)verdict["verdict"] == "valid";
            },
            () => $"not {code}: {verdict}");
        await SaysTheSameOfflineAsync(document, verdict);
        return verdict;
    }

    /// <summary>A bundle proves the accreditation with the accreditor's own endorsed records.</summary>
    private async Task SaysTheSameOfflineAsync(byte[] document, JsonNode online)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var content = new ByteArrayContent(document);
        using var made = await GatewayHost.OkAsync(
            await _accreditor.Anyone.PostAsync("/v1/bundles", content, cancellation));
        var trust = LedgerTrust.Read(await _accreditor.Anyone.GetByteArrayAsync("/v1/trust", cancellation));
        var verdict = await new BundleVerifier(TimeProvider.System, new BundleVerificationOptions { Trust = trust })
            .VerifyAsync(await made.Content.ReadAsByteArrayAsync(cancellation), cancellation);
        var offline = verdict.Checks.Single(check => check.Name == CheckNames.Accreditation);
        var line = online["checks"]!.AsArray().Single(check => (string?)check!["check"] == CheckNames.Accreditation)!;
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal(((string?)line["code"], (string?)line["detail"]), (offline.Code, offline.Detail));
    }

    private static async Task<string> TextAsync(GatewayHost host, string path) =>
        await (await host.Anyone.GetAsync(path)).Content.ReadAsStringAsync();
}
