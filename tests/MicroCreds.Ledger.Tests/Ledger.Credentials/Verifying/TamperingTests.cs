using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

public sealed class TamperingTests : VerifierFixture
{
    [Fact]
    public async Task Verify_AnyTextOrNumberChanged_IsInvalid()
    {
        var paths = new List<string>();
        Collect(JsonNode.Parse(Document), "", paths);
        Assert.True(paths.Count > 60, $"There are only {paths.Count} values.");
        foreach (string path in paths)
        {
            byte[] changed = Change(Document, root => ChangeValue(root, path));
            var verdict = await VerifyAsync(changed);
            Assert.True(verdict.Kind == VerdictKind.Invalid, $"{path} changed: {verdict.Kind}");
        }
    }

    [Fact]
    public async Task Verify_AnyMemberRemoved_IsInvalid()
    {
        var paths = new List<string>();
        Collect(JsonNode.Parse(Document), "", paths);
        foreach (string path in paths.Where(path => !char.IsAsciiDigit(path[^1])))
        {
            byte[] changed = Change(Document, root => Parent(root, path).AsObject().Remove(LastOf(path)));
            var verdict = await VerifyAsync(changed);

            // The anchor's transaction is a hint that may be missing; the signature covers it nevertheless.
            Assert.True(verdict.Kind == VerdictKind.Invalid, $"{path} removed: {verdict.Kind}");
        }
    }

    [Fact]
    public async Task Verify_NothingInIt_SaysEachThingOnce()
    {
        var verdict = await VerifyAsync("{}"u8.ToArray());
        AssertFails(verdict, CheckNames.Format, CheckCodes.NotACredential);
        string told = verdict.Checks[0].Detail;
        Assert.Equal(2, told.Split("/type: It is missing.").Length);
    }

    [Fact]
    public async Task Verify_OneLetterOfTheName_IsInvalidBySignature()
    {
        var verdict = await VerifyAsync(Change(Document, root => root["credentialSubject"]!["name"] = "Learner Nr. 4"));
        AssertFails(verdict, CheckNames.Signature, CheckCodes.SignatureMismatch);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.NotChecked);
    }

    [Fact]
    public async Task Verify_MemberAdded_IsInvalidBySignature() => AssertFails(
        await VerifyAsync(Change(Document, root => root["honours"] = "summa cum laude")),
        CheckNames.Signature, CheckCodes.SignatureMismatch);

    [Fact]
    public async Task Verify_NameInTheOtherNormalForm_IsInvalid()
    {
        var cohort = Issuer.Issue(SampleIssuer.Request("Zo\u00eb M\u00fcller"));
        Ledger.Issuances[cohort.Root] = cohort.Issuance;
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(cohort.Documents[0])).Kind);
        byte[] changed = Change(cohort.Documents[0], root => root["credentialSubject"]!["name"] =
            "Zoe\u0308 Mu\u0308ller");
        AssertFails(await VerifyAsync(changed), CheckNames.Signature, CheckCodes.SignatureMismatch);
    }

    [Fact]
    public async Task Verify_ProofOfAnotherCredential_IsInvalid()
    {
        var proof = JsonNode.Parse(Cohort.Documents[2])!["proof"]!;
        AssertFails(
            await VerifyAsync(Change(Document, root => root["proof"] = proof.DeepClone())),
            CheckNames.Signature, CheckCodes.SignatureMismatch);
    }

    [Fact]
    public async Task Verify_AnchorOfAnotherCredential_IsInvalid()
    {
        var anchor = JsonNode.Parse(Cohort.Documents[2])!["ledgerAnchor"]!;
        var verdict = await VerifyAsync(Change(Document, root => root["ledgerAnchor"] = anchor.DeepClone()));
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.InclusionMismatch);
    }

    // From here on the document is signed anew by the issuer's true key: only the anchor can tell.
    [Theory]
    [InlineData(2, 5, 0, "inclusionMismatch")]
    [InlineData(4, 5, 0, "inclusionMismatch")]
    [InlineData(3, 4, 0, "inclusionMismatch")]
    [InlineData(3, 6, 0, "anchorMismatch")] // its path has the same shape in both: the statement binds the size
    [InlineData(3, 5, 1, "inclusionMismatch")]
    [InlineData(3, 5, -1, "inclusionMismatch")]
    public async Task Verify_ProofForAnotherPlaceOrSize_IsInvalid(int index, int size, int longer, string code)
    {
        byte[] document = ReSign(anchor => anchor with
        {
            Index = index,
            Size = size,
            Path = longer switch
            {
                > 0 => [.. anchor.Path, anchor.Path[0]],
                < 0 => [.. anchor.Path.SkipLast(1)],
                _ => anchor.Path,
            },
        });
        var verdict = await VerifyAsync(document);
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
        AssertFails(verdict, CheckNames.Anchor, code);
    }

    [Fact]
    public async Task Verify_LedgerHasAnotherSize_IsInvalid()
    {
        Ledger.Issuances[Cohort.Root] = Resigned(statement => statement with { Size = 6 });
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.AnchorMismatch);
    }

    [Fact]
    public async Task Verify_AnchorOfAnotherChannel_IsInvalidAndTheLedgerIsNotAsked()
    {
        byte[] document = ReSign(anchor => anchor with { Ledger = "elsewhere" });
        var verdict = await VerifyAsync(document);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.OtherLedger);
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.OtherLedger);
        Assert.Equal(0, Ledger.Asked);
    }

    [Fact]
    public async Task Verify_StatementOfAnotherChannel_IsInvalid()
    {
        Ledger.Issuances[Cohort.Root] = Resigned(statement => statement with { Ledger = "elsewhere" });
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.AnchorMismatch);
    }

    [Fact]
    public async Task Verify_NeverAnchored_IsInvalid()
    {
        var verdict = await VerifyAsync(Issuer.Issue().Documents[0]);
        AssertFails(verdict, CheckNames.Anchor, CheckCodes.NotAnchored);
        AssertUnknown(verdict, CheckNames.Status, CheckCodes.NotChecked);
    }

    [Fact]
    public async Task Verify_StatementForged_IsInvalid()
    {
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with
        {
            Signature = SampleIssuer.Sign(Cohort.Issuance.Statement, Issuer.OtherKey),
        };
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64url!")]
    public async Task Verify_StatementSignatureMalformed_IsInvalid(string signature)
    {
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance with { Signature = signature };
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.StatementForged);
    }

    [Fact]
    public async Task Verify_AchievementThatTheIssuanceDoesNotAttest_IsInvalid()
    {
        Ledger.Issuances[Cohort.Root] = Resigned(statement => statement with
        {
            Achievements = [new AchievementReference("python-basics", 1), new AchievementReference("other", 2)],
        });
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.AchievementNotIssued);
    }

    private Issuance Resigned(Func<IssuanceStatement, IssuanceStatement> change)
    {
        var statement = change(Cohort.Issuance.Statement);
        return Cohort.Issuance with { Statement = statement, Signature = SampleIssuer.Sign(statement, Issuer.Key) };
    }

    private byte[] ReSign(Func<LedgerAnchorDocument, LedgerAnchorDocument> change)
    {
        using var document = StrictJson.Parse(Document);
        var anchor = change(CredentialReader.Read(document).Anchor);
        var unsigned = JsonNode.Parse(Document)!.AsObject();
        unsigned.Remove("proof");
        unsigned.Remove("ledgerAnchor");
        return Encoding.UTF8.GetBytes(SignedNow.Complete(unsigned, anchor, Issuer.Key).ToJsonString());
    }

    private static void Collect(JsonNode? node, string path, List<string> paths)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members) Collect(value, $"{path}\n{name}", paths);
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++) Collect(items[i], $"{path}\n{i}", paths);
                break;
            default:
                paths.Add(path);
                break;
        }
    }

    private static void ChangeValue(JsonObject root, string path)
    {
        var parent = Parent(root, path);
        string last = LastOf(path);
        var value = parent is JsonArray list ? list[Index(last)] : parent[last];
        JsonNode changed = value!.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => ChangeLetter(value.GetValue<string>()),
            System.Text.Json.JsonValueKind.Number => value.GetValue<double>() + 1,
            _ => value.GetValueKind() != System.Text.Json.JsonValueKind.True,
        };
        if (parent is JsonArray items) items[Index(last)] = changed;
        else parent[last] = changed;
    }

    private static string ChangeLetter(string text) => text[..^1] + (text[^1] == 'a' ? 'b' : 'a');

    private static JsonNode Parent(JsonObject root, string path)
    {
        JsonNode node = root;
        foreach (string part in path.Split('\n').Skip(1).SkipLast(1))
            node = node is JsonArray items ? items[Index(part)]! : node[part]!;
        return node;
    }

    private static string LastOf(string path) => path[(path.LastIndexOf('\n') + 1)..];

    private static int Index(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
