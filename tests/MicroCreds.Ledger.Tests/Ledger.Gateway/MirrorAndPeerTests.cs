using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>From the mirror and by way of the peer comes the same answer.</summary>
public sealed class MirrorAndPeerTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private GatewayHost Issuer => gateways.Issuer;

    [Fact]
    public async Task Verify_FromTheMirrorAndFromThePeer_SaysTheSameToTheWord()
    {
        foreach (var member in gateways.Members) await member.EnsureVoterAsync();
        await Agreed.DecideAsync(gateways, LedgerFixture.Meridian, BallotAction.AdmitAccreditor);
        var grant = Agreed.Grant(gateways[LedgerFixture.Meridian], Issuer.MspId) with { Scope = new AwardScope() };
        await Agreed.SendAsync(gateways[LedgerFixture.Meridian], grant);
        byte[] revoked = await IssueAndAsync("Bruno Reis", "revocation");
        byte[] suspended = await IssueAndAsync("Carla Sousa", "suspension");
        byte[] inForce = await Issuer.IssueAsync("Aada Ranta");
        await Agreed.SendAsync(
            gateways[LedgerFixture.Meridian], Agreed.Next(grant, AccreditationAction.Suspend));
        byte[] unaccredited = await Issuer.IssueAsync("Dora Maier");
        byte[][] documents = [revoked, suspended, inForce, unaccredited];
        await Until.TrueAsync(
            async () => (await Issuer.VerifyAsync(unaccredited)).ToJsonString()
                .Contains("accreditationSuspended", StringComparison.Ordinal),
            () => "The suspension does not reach the mirror.");
        JsonNode[] mirrored = await AskAsync(documents);

        Issuer.Wire.HidesBlocks = true;
        try
        {
            // From here on the peer is ahead, and the mirror may not speak for it.
            await Samples.IssueAsync(gateways[LedgerFixture.Meridian]);
            Issuer.Wire.Evaluations.Clear();
            await Until.TrueAsync(
                async () =>
                {
                    await Issuer.VerifyAsync(inForce);
                    return Issuer.Wire.Evaluations.Contains(TransactionNames.GetVerificationRecords);
                },
                () => "The peer is not asked.");
            JsonNode[] asked = await AskAsync(documents);
            Assert.Equal(mirrored.Select(one => one.ToJsonString()), asked.Select(one => one.ToJsonString()));
        }
        finally
        {
            Issuer.Wire.HidesBlocks = false;
        }
    }

    private async Task<byte[]> IssueAndAsync(string name, string change)
    {
        byte[] document = await Issuer.IssueAsync(name);
        string reason = change == "revocation" ? "misconduct" : "underReview";
        await GatewayHost.OkAsync(await Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/{change}", new { reason }));
        return document;
    }

    private async Task<JsonNode[]> AskAsync(byte[][] documents)
    {
        var answers = new List<JsonNode>();
        foreach (byte[] document in documents) answers.Add(await Issuer.VerifyAsync(document));
        return [.. answers];
    }
}
