using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What was accepted stays until its owner deletes it, and what an answer says of that is true.</summary>
public sealed class NothingAcceptedIsLostTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Batch_ConflictsAndAPeerThatDenies_WaitsWithTheReason_AndIsIssued()
    {
        foreach (string reason in new[] { "Transaction x is invalid: MvccReadConflict.", "PermissionDenied: not now" })
            _issuer.Wire.Faults.Enqueue(new LedgerRefusedException(reason));
        var location = await PostBatchAsync(GatewayHost.Row("Patient Learner"), GatewayHost.Row("Other Learner"));
        string? waited = null;
        var batch = await UntilAsync(location, "issued", seen => waited ??= (string?)seen["waits"]);
        Assert.Equal(2, (int)batch["size"]!);
        Assert.True(waited is null || waited.Contains("Conflict", StringComparison.Ordinal)
            || waited.Contains("PermissionDenied", StringComparison.Ordinal), waited);
        Assert.Empty(_issuer.Wire.Faults);
    }

    [Fact]
    public async Task Batch_RefusedForGood_KeepsItsRows_AndIsTriedAgainOrDeletedByItsOwnersWord()
    {
        _issuer.Wire.Faults.Enqueue(new LedgerRefusedException("Retired.", ErrorCodes.AchievementRetired));
        _issuer.Wire.Faults.Enqueue(new LedgerRefusedException("Retired.", ErrorCodes.AchievementRetired));
        var kept = await PostBatchAsync(GatewayHost.Row("Kept Learner"));
        Assert.Equal("Retired.", (string?)(await UntilAsync(kept, "refused"))["errors"]![0]!["reason"]);
        var deleted = await PostBatchAsync(GatewayHost.Row("Deleted Learner"));
        await UntilAsync(deleted, "refused");

        await GatewayHost.OkAsync(await _issuer.PostAsync($"{kept}/retry", new { }));
        Assert.Equal(1, (int)(await UntilAsync(kept, "issued"))["size"]!);
        using var refused = await _issuer.Registrar.DeleteAsync(kept, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var gone = await _issuer.Registrar.DeleteAsync(deleted, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var nothing = await _issuer.Registrar.GetAsync(deleted, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task Credential_AskedForAgainWhileTheLedgerIsOutOfReach_IsNeverSaidNotToBeKept_AndThenIssued()
    {
        var request = GatewayHost.Row("Waiting Learner");
        const string Key = "waiting-of-a-test";
        _issuer.Wire.Faults.Enqueue(new OutcomeUnknownException("x", new TimeoutException()));
        using var unknown = await _issuer.PostAsync("/v1/credentials", request, Key);
        Assert.EndsWith("outcome-unknown", await TypeOfAsync(unknown), StringComparison.Ordinal);

        // The worker may have brought it there by now; if not, the answer says that it is kept.
        _issuer.Wire.Faults.Enqueue(new LedgerUnavailableException("The peer is away."));
        using var again = await _issuer.PostAsync("/v1/credentials", request, Key);
        if (again.StatusCode != HttpStatusCode.Created)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, again.StatusCode);
            string text = await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("issuance-waits", text, StringComparison.Ordinal);
            Assert.Contains("It is kept", text, StringComparison.Ordinal);
        }

        _issuer.Wire.Faults.Clear();
        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                using var issued = await _issuer.PostAsync("/v1/credentials", request, Key);
                return issued.StatusCode == HttpStatusCode.Created;
            },
            () => "it was never issued");
    }

    [Theory]
    [InlineData(ErrorCodes.StatusRangeConflict)]
    [InlineData(ErrorCodes.KeyRevoked)]
    public async Task Credential_KeptAndThenRefusedForItsPlaceOrKey_IsSignedAnew_AndIssued(string code)
    {
        byte[] before = await _issuer.IssueAsync("Earlier Learner");
        var request = GatewayHost.Row("Kept And Placed Anew");
        string key = $"anew-{code}";
        _issuer.Wire.Faults.Enqueue(new OutcomeUnknownException("x", new TimeoutException()));
        _issuer.Wire.Faults.Enqueue(new LedgerRefusedException("Taken, says a test.", code));
        using var unknown = await _issuer.PostAsync("/v1/credentials", request, key);
        Assert.EndsWith("outcome-unknown", await TypeOfAsync(unknown), StringComparison.Ordinal);
        byte[]? document = null;
        string said = "";
        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                using var issued = await _issuer.PostAsync("/v1/credentials", request, key);
                said = await issued.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                document = issued.StatusCode == HttpStatusCode.Created ? Encoding.UTF8.GetBytes(said) : null;
                return document is not null;
            },
            () => $"it was never issued: {said}");
        Assert.Empty(_issuer.Wire.Faults);
        Assert.Equal("valid", await _issuer.VerdictAsync(document!));
        string place = $"/v1/credentials/{GatewayHost.IdOf(document!)}";
        Assert.Equal(document, await _issuer.Registrar.GetByteArrayAsync(place, TestContext.Current.CancellationToken));
        if (code == ErrorCodes.StatusRangeConflict) Assert.NotEqual(ListOf(before), ListOf(document!));
    }

    [Fact]
    public async Task Credential_PositionsTaken_IsSignedForOthers_AndTheListIsLeftAlone()
    {
        byte[] before = await _issuer.IssueAsync("Before Learner");
        _issuer.Wire.Faults.Enqueue(new LedgerRefusedException("Taken.", ErrorCodes.StatusRangeConflict));
        byte[] after = await _issuer.IssueAsync("After Learner");
        Assert.NotEqual(ListOf(before), ListOf(after));
        Assert.Equal("valid", await _issuer.VerdictAsync(after));
    }

    private static string ListOf(byte[] document) =>
        ((string)JsonNode.Parse(document)!["credentialStatus"]!["statusListCredential"]!).Split('/')[^1];

    private async Task<Uri> PostBatchAsync(params JsonObject[] rows)
    {
        using var content = new StringContent(
            string.Join('\n', rows.Select(row => row.ToJsonString())), Encoding.UTF8, "application/x-ndjson");
        using var accepted = await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync("/v1/batches", content));
        return accepted.Headers.Location!;
    }

    private async Task<JsonNode> UntilAsync(Uri location, string state, Action<JsonNode>? see = null)
    {
        JsonNode? batch = null;
        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                batch = await _issuer.Registrar.GetFromJsonAsync<JsonNode>(location);
                see?.Invoke(batch!);
                return (string?)batch!["state"] == state;
            },
            () => $"the batch is {batch}");
        return batch!;
    }

    private static async Task<string> TypeOfAsync(HttpResponseMessage answer) =>
        (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["type"]!;
}
