using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>One proof object instead of a list, and proofs of others beside the issuer's.</summary>
public sealed class ProofSetTests : VerifierFixture
{
    private static JsonObject Others => new()
    {
        ["type"] = "DataIntegrityProof",
        ["cryptosuite"] = "bbs-2023",
        ["created"] = "2026-03-02T00:00:00Z",
        ["verificationMethod"] = "did:web:others.example#key-1",
        ["proofPurpose"] = "assertionMethod",
        ["proofValue"] = "u2V0C",
        ["nonce"] = "x",
    };

    [Fact]
    public async Task OneObject_IsAProofAsInAList()
    {
        var verdict = await VerifyAsync(Change(Document, one => one["proof"] = one["proof"]![0]!.DeepClone()));
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.DoesNotContain(verdict.Notices, notice => notice.Code == CheckCodes.OtherProofs);
        AssertLine(
            await VerifyAsync(Change(Document, one =>
            {
                one["proof"] = one["proof"]![0]!.DeepClone();
                one["name"] = "Doctorate";
            })),
            CheckNames.Signature, CheckOutcome.Fail, CheckCodes.SignatureMismatch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ProofOfAnother_BesideTheIssuers_CountsForNothing_AndIsTold(int place)
    {
        byte[] both = Change(Document, one => one["proof"]!.AsArray().Insert(place, Others));
        var verdict = await VerifyAsync(both);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Contains(verdict.Notices, notice => notice.Code == CheckCodes.OtherProofs);

        // It is told each time.
        Assert.Contains((await VerifyAsync(both)).Notices, notice => notice.Code == CheckCodes.OtherProofs);
        AssertLine(
            await VerifyAsync(Change(both, one => one["name"] = "Doctorate")),
            CheckNames.Signature, CheckOutcome.Fail, CheckCodes.SignatureMismatch);
    }

    [Fact]
    public async Task ProofsOfOthersAlone_AreNotOurs()
    {
        AssertLine(
            await VerifyAsync(Change(Document, one => one["proof"] = new JsonArray(Others, Others))),
            CheckNames.Signature, CheckOutcome.Fail, CheckCodes.ProofMalformed);
        var alone = await VerifyAsync(Change(Document, one =>
            one["proof"]![0]!["verificationMethod"] = "did:web:others.example#key-1"));
        AssertLine(alone, CheckNames.Signature, CheckOutcome.Fail, CheckCodes.ForeignKey);
        Assert.Equal(VerdictKind.Invalid, alone.Kind);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("[1]")]
    [InlineData("[{},{},{},{},{},{},{},{},{}]")]
    public async Task WhatIsNoProof_IsRefused_AndSaysWhere(string proof)
    {
        var verdict = await VerifyAsync(Change(Document, one => one["proof"] = JsonNode.Parse(proof)));
        AssertLine(verdict, CheckNames.Signature, CheckOutcome.Fail, CheckCodes.ProofMalformed);
        Assert.StartsWith("/proof:", Line(verdict, CheckNames.Signature).Detail, StringComparison.Ordinal);
    }
}
