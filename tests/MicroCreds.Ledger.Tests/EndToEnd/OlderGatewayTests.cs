using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>A gateway one version behind its contract, which writes a member more than the gateway knows.</summary>
public sealed class OlderGatewayTests(ColludingLedger ledger) : IClassFixture<ColludingLedger>
{
    [Fact]
    public async Task Gateway_BehindItsContract_GoesOnAndSaysWhatCouldNotBeChecked()
    {
        await using var aurora = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora]);
        await using var linden = await GatewayHost.StartAsync(ledger[LedgerFixture.Linden]);
        await aurora.PrepareAsync();
        await linden.PrepareAsync();
        byte[] theirs = await linden.IssueAsync("Lina Berg");
        await Until.TrueAsync(
            async () => await aurora.VerdictAsync(theirs) == "valid", () => "It does not verify before.");

        var known = await ledger[LedgerFixture.Aurora].EvaluateAsync<Institution>(
            TransactionNames.GetInstitution, LedgerFixture.Linden);
        var more = JsonNode.Parse(CanonicalJson.Serialize(known))!.AsObject();
        more["newMember"] = "what a newer contract knows";
        await OverwriteAsync(RecordKey.Institution(LedgerFixture.Linden), more);

        JsonNode? verdict = null;
        await Until.TrueAsync(
            async () => (verdict = await aurora.VerifyAsync(theirs)).ToJsonString()
                .Contains("recordUnreadable", StringComparison.Ordinal),
            () => $"The verdict is {verdict}.");
        Assert.Equal("indeterminate", (string?)verdict!["verdict"]);
        Assert.Equal("valid", await aurora.VerdictAsync(await aurora.IssueAsync("Aada Ranta")));

        await aurora.SaysAsync("/readyz", "institution/LindenMSP");
        await aurora.SaysAsync("/readyz", "\"degraded\"");
        await aurora.SaysAsync("/metrics", "microcreds_unreadable_records 1");
        await aurora.SaysAsync("/v1/institutions", "\"unreadable\":1");
        using var answer = await aurora.Anyone.GetAsync("/v1/institutions/LindenMSP", Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(
            "record-unreadable", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);

        // Nothing of it is lost by a new start; and the peer's way says the same as the mirror's.
        await aurora.RestartAsync();
        await aurora.SaysAsync("/readyz", "institution/LindenMSP");
        Assert.Equal("indeterminate", await aurora.VerdictAsync(theirs));

        await OverwriteAsync(
            RecordKey.Institution(LedgerFixture.Linden), JsonNode.Parse(CanonicalJson.Serialize(known))!);
        await Until.TrueAsync(
            async () => await aurora.VerdictAsync(theirs) == "valid", () => "It does not verify afterwards.");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<byte[]> OverwriteAsync(RecordKey key, JsonNode record) => ledger[LedgerFixture.Aurora].User
        .SubmitAsync(
            ColludingLedger.BackDoor,
            Refused.OptionsOf(
                CompositeKey.Create(key.ObjectType, key.Attributes), CanonicalJson.Serialize(record)));
}
