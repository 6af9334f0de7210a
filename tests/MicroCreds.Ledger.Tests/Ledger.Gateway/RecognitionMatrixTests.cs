using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What partners recognize of an institution, and it of theirs, for programs.</summary>
public sealed class RecognitionMatrixTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _proposer = gateways.Issuer;
    private readonly GatewayHost _answerer = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Matrix_TellsBothDirections_AndWhatEnds()
    {
        await GatewayHost.OkAsync(await _proposer.PostAsync(
            "/v1/agreements", DeskAgreementTests.Proposal("AuroraMSP.matrix-one", "One way")));
        await _answerer.SaysAsync("/v1/agreements?waiting=true", "matrix-one");
        await _proposer.SaysAsync("/v1/agreements?waiting=others", "matrix-one");
        Assert.DoesNotContain(
            "matrix-one", await _proposer.Anyone.GetStringAsync("/v1/agreements?waiting=true", Cancellation),
            StringComparison.Ordinal);
        await GatewayHost.OkAsync(await _answerer.PostAsync(
            "/v1/agreements/AuroraMSP.matrix-one/versions/1/acceptance", new { }));
        foreach (var (host, direction, other) in new[]
        {
            (_proposer, "recognizesOfIt", "recognizedByIt"), (_answerer, "recognizedByIt", "recognizesOfIt"),
        })
        {
            string text = await host.SaysAsync("/v1/recognition-matrix", "matrix-one");
            var items = JsonNode.Parse(text)!["items"]!.AsArray();
            var partner = items.Single(item => item![direction]!.ToJsonString().Contains("matrix-one"))!;
            Assert.DoesNotContain("matrix-one", partner[other]!.ToJsonString(), StringComparison.Ordinal);
        }

        var mine = JsonNode.Parse(await _answerer.Anyone.GetStringAsync(
            $"/v1/recognition-matrix?mspId={_proposer.MspId}&pageSize=1", Cancellation))!;
        Assert.Equal(_proposer.MspId, (string?)mine["mspId"]);
        using var nobody = await _answerer.Anyone.GetAsync("/v1/recognition-matrix?mspId=NoMSP", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);

        await GatewayHost.OkAsync(await _proposer.PostAsync("/v1/agreements/AuroraMSP.matrix-one/notice", new { }));
        Assert.DoesNotContain(
            "matrix-one", await _proposer.Anyone.GetStringAsync("/v1/recognition-matrix", Cancellation),
            StringComparison.Ordinal);
    }
}
