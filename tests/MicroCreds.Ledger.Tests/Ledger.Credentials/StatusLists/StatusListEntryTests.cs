using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.StatusLists;

/// <summary>The place in a status list that a credential names.</summary>
public sealed class StatusListEntryTests : VerifierFixture
{
    [Fact]
    public void Credential_NamesItsPlace()
    {
        var entry = JsonNode.Parse(Document)!["credentialStatus"]!.AsObject();
        int position = StatusListOrder.PositionOf(Cohort.Issuance.Statement, 3)!.Value;
        string url = "https://creds.aurora.example/v1/status-lists/AuroraMSP~list-1~revocation";
        Assert.Equal("BitstringStatusListEntry", (string?)entry["type"]);
        Assert.Equal("revocation", (string?)entry["statusPurpose"]);
        Assert.Equal(position.ToString(CultureInfo.InvariantCulture), (string?)entry["statusListIndex"]);
        Assert.Equal(url, (string?)entry["statusListCredential"]);
        Assert.Equal($"{url}#{position}", (string?)entry["id"]);
    }

    [Theory]
    [InlineData("list-1", 7)]
    [InlineData("list-2", 0)]
    public async Task Verify_EntryOfAnotherPlaceThanTheLedgerHas_IsInvalid(string list, int offset)
    {
        // What an issuer would do that wants a credential it can never be seen to revoke.
        Issuer.Context = Issuer.Context with
        {
            StatusList = Issuer.Context.StatusList with { List = list, Offset = offset },
        };
        var other = Issuer.Issue();
        var statement = other.Issuance.Statement with { StatusList = "list-1", StatusOffset = 0 };
        Ledger.Issuances[other.Root] = other.Issuance with
        {
            Statement = statement,
            Signature = SampleIssuer.Sign(statement, Issuer.Key),
        };
        AssertFails(await VerifyAsync(other.Documents[0]), CheckNames.Status, CheckCodes.StatusEntryMismatch);
    }

    [Fact]
    public async Task Verify_EntryChangedAfterIssuing_IsNotTheAnchoredCredential()
    {
        byte[] changed = Change(Document, credential =>
        {
            string url = (string)credential["credentialStatus"]!["statusListCredential"]!;
            credential["credentialStatus"]!["statusListIndex"] = "4";
            credential["credentialStatus"]!["id"] = url + "#4";
        });
        AssertFails(await VerifyAsync(changed), CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    [Fact]
    public async Task Verify_EntryTakenAway_IsNoCredentialOfOurs()
    {
        // Its context lies below the address of its list: without the one, the other is nobody's.
        var verdict = await VerifyAsync(Change(Document, credential => credential.Remove("credentialStatus")));
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
        Assert.Contains(
            verdict.Checks, check => check is { Name: CheckNames.Format, Outcome: CheckOutcome.Fail });
    }

    [Theory]
    [InlineData("type", "StatusList2021Entry")]
    [InlineData("statusPurpose", "suspension")]
    [InlineData("statusListIndex", "-1")]
    [InlineData("statusListIndex", "1048576")]
    [InlineData("statusListIndex", "007")]
    [InlineData("statusListCredential", "file:///etc/passwd")]
    [InlineData("statusListCredential", "https://creds.aurora.example/lists/1")]
    [InlineData("id", "https://elsewhere.example/#1")]
    [InlineData("statusSize", "2")]
    public async Task Verify_EntryOfAnotherForm_IsMalformed(string member, string value)
    {
        var verdict = await VerifyAsync(
            Change(Document, credential => credential["credentialStatus"]![member] = value));
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
    }

    [Theory]
    [InlineData("AuroraMSP~list-1~revocation", true)]
    [InlineData("Aurora~MSP~list-1~suspension", true)]
    [InlineData("AuroraMSP~list-1~message", false)]
    [InlineData("AuroraMSP~~revocation", false)]
    [InlineData("~list-1~revocation", false)]
    [InlineData("list-1~revocation", false)]
    [InlineData("", false)]
    public void TryParse_TakesTheThreePartsAlone(string text, bool isName)
    {
        Assert.Equal(isName, StatusListName.TryParse(text, out var name));
        if (isName) Assert.Equal(text, name!.ToString());
    }
}
