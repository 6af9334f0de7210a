using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>What wallets present: whose it is, and each credential in it.</summary>
public sealed class PresentationTests : VerifierFixture
{
    private const string Audience = "https://employer.example";
    private const string Nonce = "pZ3-8.7q";

    private static readonly PresentationRequest Asked = new(Audience, Nonce);

    private readonly IssuerPrivateKey _wallet = IssuerPrivateKey.Generate();

    public PresentationTests()
    {
        var bound = SampleIssuer.Request("Learner Nr. 0") with
        {
            Recipient = new Recipient { Name = "Learner Nr. 0", Key = HolderKeys.PublicOf(_wallet) },
        };
        Cohort = Issuer.Issue([bound, SampleIssuer.Request("Learner Nr. 1")]);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance;
    }

    private string Bound => Encoding.UTF8.GetString(Cohort.Documents[0]);

    private string Unbound => Encoding.UTF8.GetString(Cohort.Documents[1]);

    [Theory]
    [InlineData("document")]
    [InlineData("token")]
    [InlineData("token of version 1")]
    [InlineData("answer")]
    [InlineData("enveloped")]
    public async Task Presented_ByItsHolder_IsProven(string way)
    {
        byte[] presentation = Encoding.UTF8.GetBytes(Present(way, _wallet));
        var verdict = await VerifyReceivedAsync(presentation, Asked);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        AssertLine(verdict, CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);
        Assert.Equal(new PresentationClaim(Audience, Nonce, Time.GetUtcNow()), verdict.Presented);

        // Where nothing was asked for it is told, and decides nothing.
        verdict = await VerifyReceivedAsync(presentation);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        AssertLine(verdict, CheckNames.Holder, CheckOutcome.Warning, CheckCodes.HolderProofNotAsked);
        Assert.Contains(Audience, Line(verdict, CheckNames.Holder).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(verdict.Notices, notice => notice.Code == CheckCodes.PresentationNotChecked);
    }

    [Theory]
    [InlineData("document")]
    [InlineData("token")]
    public async Task Presented_BySomebodyElse_OrForSomebodyElse_IsRefused(string way)
    {
        using var thief = IssuerPrivateKey.Generate();
        string stolen = Present(way, thief);
        AssertFails(
            await VerifyReceivedAsync(Encoding.UTF8.GetBytes(stolen)), CheckNames.Holder, CheckCodes.HolderProofForged);
        byte[] own = Encoding.UTF8.GetBytes(Present(way, _wallet));
        AssertFails(
            await VerifyReceivedAsync(own, Asked with { Nonce = "another" }), CheckNames.Holder,
            CheckCodes.HolderProofElsewhere);
        Time.Advance(TimeSpan.FromHours(2));
        AssertFails(await VerifyReceivedAsync(own, Asked), CheckNames.Holder, CheckCodes.HolderProofOutOfTime);
    }

    [Theory]
    [InlineData("document")]
    [InlineData("token")]
    public async Task Presented_WithoutATime_IsAsFreshAsWhatItRepeats(string way)
    {
        // Neither Data Integrity nor OpenID4VP asks for one.
        byte[] presented = Encoding.UTF8.GetBytes(Present(way, _wallet, isTimed: false));
        var verdict = await VerifyReceivedAsync(presented, Asked);
        AssertLine(verdict, CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven);
        Assert.Null(verdict.Presented!.MadeAt);
        AssertFails(
            await VerifyReceivedAsync(presented, Asked with { Nonce = "another" }), CheckNames.Holder,
            CheckCodes.HolderProofElsewhere);
    }

    [Fact]
    public async Task Presentation_ChangedBehindItsProof_IsRefused()
    {
        string swapped = Present("document", _wallet).Replace("did:example:wallet", "did:example:other",
            StringComparison.Ordinal);
        AssertFails(
            await VerifyReceivedAsync(Encoding.UTF8.GetBytes(swapped)), CheckNames.Holder,
            CheckCodes.HolderProofForged);
    }

    [Theory]
    [InlineData("\"proofPurpose\":\"authentication\"", "\"proofPurpose\":\"assertionMethod\"", true)]
    [InlineData("\"ecdsa-jcs-2019\"", "\"bbs-2023\"", false)]
    [InlineData("\"DataIntegrityProof\"", "\"OtherProof\"", false)]
    public async Task Proof_Wrong_IsRefused_AndOneOfAnotherMethodProvesNothing(
        string made, string other, bool isRefused)
    {
        // The wallet's own is the last one.
        string presented = Present("document", _wallet);
        int at = presented.LastIndexOf(made, StringComparison.Ordinal);
        byte[] changed = Encoding.UTF8.GetBytes(presented[..at] + other + presented[(at + made.Length)..]);
        var verdict = await VerifyReceivedAsync(changed);
        if (isRefused)
        {
            AssertFails(verdict, CheckNames.Holder, CheckCodes.HolderProofMalformed);
            return;
        }

        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.HolderNotProven);
        AssertFails(
            await VerifyReceivedAsync(changed, Asked), CheckNames.Holder, CheckCodes.HolderProofMissing);
    }

    [Fact]
    public async Task Presented_WhatIsBoundToNoKey_IsValid_AndTellsNobodysName()
    {
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(Present("document", _wallet, Unbound)));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Null(verdict.Presented);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.PresentationNotChecked);
    }

    [Fact]
    public async Task Presented_Several_HaveEachTheirVerdict_AlsoAStrangers()
    {
        const string Foreign = """
            {"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
             "issuer":"did:web:others.example","credentialSubject":{"id":"did:example:wallet"}}
            """;
        string altered = Unbound.Replace("Learner Nr. 1", "Learner Nr. 9", StringComparison.Ordinal);
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(
            Present("document", _wallet, Bound, Unbound, altered, Foreign)));
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(
            [VerdictKind.Valid, VerdictKind.Valid, VerdictKind.Invalid, VerdictKind.Foreign],
            verdict.Each!.Select(one => one.Kind));
        Assert.Contains("2 of them are valid", verdict.Headline, StringComparison.Ordinal);
        AssertLine(verdict.Each![0], CheckNames.Holder, CheckOutcome.Warning, CheckCodes.HolderProofNotAsked);
    }

    [Fact]
    public async Task Presented_MoreThanAreLookedAt_AreNoneOfThemJudged()
    {
        string[] many = [.. Enumerable.Range(0, ReceivedVerifier.MaxCredentials + 1).Select(i =>
            Unbound.Replace("Learner Nr. 1", $"Learner Nr. {i}", StringComparison.Ordinal))];
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes($"[{string.Join(',', many)}]"));
        Assert.Null(verdict.Each);
        Assert.Contains("at most 20", verdict.Headline, StringComparison.Ordinal);
    }

    private string Present(string way, IssuerPrivateKey key, params string[] credentials) =>
        Present(way, key, isTimed: true, credentials);

    private string Present(string way, IssuerPrivateKey key, bool isTimed, params string[] credentials)
    {
        if (credentials.Length == 0) credentials = [Bound];
        var presentation = new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["type"] = new JsonArray("VerifiablePresentation"),
            ["holder"] = "did:example:wallet",
            ["verifiableCredential"] = new JsonArray([.. credentials.Select(one => JsonNode.Parse(one))]),
        };
        string token = way == "token of version 1"
            ? Token(key, new JsonObject { ["vp"] = presentation.DeepClone() }, isTimed)
            : Token(key, presentation.DeepClone().AsObject(), isTimed);
        return way switch
        {
            "document" => Secured(key, presentation, isTimed),
            "answer" => $"{{\"vp_token\":{{\"query_0\":[{JsonSerializer.Serialize(token)}]}}}}",
            "enveloped" => "{\"type\":\"EnvelopedVerifiablePresentation\",\"id\":\"data:application/vp+jwt," + token
                + "\"}",
            _ => token,
        };
    }

    private string Token(IssuerPrivateKey key, JsonObject claims, bool isTimed)
    {
        claims["iss"] = "did:example:wallet";
        claims["aud"] = Audience;
        claims["nonce"] = Nonce;
        if (isTimed) claims["iat"] = Time.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = CompactJws.AlgorithmOf(key.Algorithm), ["typ"] = "vp+jwt" };
        string message = $"{ForgedToken.Encode(header)}.{ForgedToken.Encode(claims)}";
        return $"{message}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(message)))}";
    }

    private string Secured(IssuerPrivateKey key, JsonObject presentation, bool isTimed)
    {
        var proof = new JsonObject
        {
            ["type"] = DataIntegrity.ProofType,
            ["cryptosuite"] = DataIntegrity.SuiteOf(key.Algorithm),
            ["created"] = CredentialTime.Write(Time.GetUtcNow()),
            ["verificationMethod"] = $"did:key:{key.PublicKeyMultibase}#{key.PublicKeyMultibase}",
            ["proofPurpose"] = "authentication",
            ["challenge"] = Nonce,
            ["domain"] = Audience,
            ["@context"] = presentation["@context"]!.DeepClone(),
        };
        if (!isTimed) proof.Remove("created");
        byte[] signature = key.Sign(DataIntegrity.BytesToSign(
            DataIntegrity.HashOptions(CanonicalObject.From(proof)), CanonicalObject.From(presentation).ToArray()));
        proof["proofValue"] = Encoding.ASCII.GetString(SignatureText.Write(signature));
        presentation["proof"] = proof;
        return presentation.ToJsonString();
    }

    private async Task<Verdict> VerifyReceivedAsync(byte[] received, PresentationRequest? request = null)
    {
        using var signatures = new ForeignSignatures(web: null, Time);
        return await new ReceivedVerifier(Verifier, signatures).VerifyAsync(
            received, request, TestContext.Current.CancellationToken);
    }
}
