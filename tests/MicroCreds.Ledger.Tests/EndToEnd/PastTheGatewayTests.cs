using System.Net;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member with its own Fabric identity and the client library, past every gateway; and keys that were stolen.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class PastTheGatewayTests(RunningConsortium consortium)
{
    private RunningInstitution Victim => consortium[0];

    private RunningInstitution Attacker => consortium[1];

    [Fact]
    public async Task Revocation_OfAnothersCredential_IsRefused()
    {
        var issued = await Victim.IssueAsync(Registrar.Request("data-literacy", "Kerttu Ranta"));
        var key = IssuerPrivateKey.Generate(KeyAlgorithm.P256);
        foreach (string claimed in new[] { Attacker.MspId, Victim.MspId })
        {
            var statement = new StatusStatement
            {
                Ledger = consortium.Ledger,
                MspId = claimed,
                Root = issued.Root,
                Index = issued.Index,
                Sequence = 1,
                State = CredentialState.Revoked,
                Reason = StatusReason.Other,
                KeyId = "key-1",
            };
            await RefusedAsync(TransactionNames.SetStatus, Sign(statement, key));
        }

        await Victim.VerifyUntilAsync(issued.Document, "valid");
    }

    [Fact]
    public async Task Issuance_WithAForgedStatement_IsRefused()
    {
        using var user = new LedgerUser(consortium.Description, Victim);
        var issued = await Victim.IssueAsync(Registrar.Request("data-literacy", "Sulo Oksanen"));
        byte[] record = await user.Contract.EvaluateAsync(
            TransactionNames.GetIssuance, [Victim.MspId, issued.Root], TestContext.Current.CancellationToken);
        var genuine = LedgerJson.Deserialize<Issuance>(record);
        string otherRoot = new('a', 64);

        // The victim's own signature, replayed over another root; then the attacker's key under the victim's name.
        await RefusedAsync(TransactionNames.Issue, new SignedStatement<IssuanceStatement>(
            genuine.Statement with { Root = otherRoot }, genuine.Signature));
        await RefusedAsync(TransactionNames.Issue, Sign(
            genuine.Statement with { Root = otherRoot }, IssuerPrivateKey.Generate(KeyAlgorithm.P256)));
    }

    [Fact]
    public async Task Pathway_InAnothersName_IsRefused()
    {
        using var user = new LedgerUser(consortium.Description, Attacker);
        var pathway = new Pathway
        {
            MspId = Victim.MspId,
            Id = "not-theirs",
            Version = 1,
            Name = "An easy way",
            Description = "To a degree of somebody else.",
            Award = new AchievementReference("data-literacy", 1),
            Credits = 1,
            Groups =
            [
                new PathwayGroup
                {
                    Id = "any",
                    Name = "Anything",
                    Rule = PathwayRule.Choice,
                    Pool = new PathwayPool(),
                    MinCount = 1,
                },
            ],
        };
        string argument = System.Text.Encoding.UTF8.GetString(CanonicalJson.Serialize(pathway));
        var refused = await Assert.ThrowsAsync<EndorseException>(() => user.Contract.SubmitAsync(
            TransactionNames.PublishPathway, [argument], TestContext.Current.CancellationToken));
        Assert.True(LedgerError.TryFind(refused.Message, out var error), refused.Message);
        Assert.Equal(ErrorCodes.WrongInstitution, error.Code);

        var (status, body) = await Victim.SendAsync(HttpMethod.Get, $"/v1/pathways/{Victim.MspId}/not-theirs/1");
        Assert.True(status == HttpStatusCode.NotFound, body?.ToString());
    }

    [Fact]
    public async Task Key_Compromised_WhatWasAnchoredBeforeStands_NothingIsIssuedWithItAfterwards()
    {
        var institution = consortium[2];
        var before = await institution.IssueAsync(Registrar.Request("ocean-economy", "Inês Carvalho"));
        string keyId = (string)before.Json["ledgerAnchor"]!["keyId"]!;
        await consortium[0].VerifyUntilAsync(before.Document, "valid");

        var (rotated, problem) = await institution.SendAsync(HttpMethod.Post, "/v1/institution/keys");
        Assert.True(rotated == HttpStatusCode.OK, problem?.ToString());
        var (revoked, fault) = await institution.SendAsync(
            HttpMethod.Post,
            $"/v1/institution/keys/{keyId}/revocation",
            new { compromisedSince = DateTimeOffset.UtcNow });
        Assert.True(revoked == HttpStatusCode.OK, fault?.ToString());

        var verdict = await consortium[0].VerifyUntilAsync(before.Document, "valid", "keyCompromisedLater");
        Assert.NotEmpty(verdict["notices"]!.AsArray());
        var after = await institution.IssueAsync(Registrar.Request("ocean-economy", "Rui Marques"));
        Assert.NotEqual(keyId, (string)after.Json["ledgerAnchor"]!["keyId"]!);
        await consortium[0].VerifyUntilAsync(after.Document, "valid");
    }

    private static SignedStatement<T> Sign<T>(T statement, IssuerPrivateKey key)
        where T : class => new(statement, System.Buffers.Text.Base64Url.EncodeToString(
            key.Sign(Statements.BytesToSign(statement))));

    private async Task RefusedAsync<T>(string transaction, SignedStatement<T> statement)
        where T : class
    {
        using var user = new LedgerUser(consortium.Description, Attacker);
        string argument = System.Text.Encoding.UTF8.GetString(CanonicalJson.Serialize(statement));
        var refused = await Assert.ThrowsAsync<EndorseException>(() => user.Contract.SubmitAsync(
            transaction, [argument], TestContext.Current.CancellationToken));
        Assert.True(LedgerError.TryFind(refused.Message, out var error), refused.Message);

        // In its own name there is no such issuance, in another's it may not speak.
        Assert.Contains(
            error.Code,
            (string[])
            [
                ErrorCodes.WrongInstitution, ErrorCodes.KeyUnknown, ErrorCodes.SignatureInvalid,
                ErrorCodes.IssuanceUnknown,
            ]);
    }
}
