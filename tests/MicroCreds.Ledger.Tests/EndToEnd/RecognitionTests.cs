using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// Who is accredited, who recognizes what, and that nobody speaks for another, also past the gateway.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class RecognitionTests(RunningConsortium consortium)
{
    private const int Accreditor = 3;

    private RunningInstitution Issuer => consortium[0];

    private RunningInstitution Partner => consortium[1];

    private RunningInstitution Other => consortium[2];

    [Fact]
    public async Task Credential_IsRecognizedAtThePartner_ForFourOfFive_AndRefusedElsewhere()
    {
        string id = $"{Issuer.MspId}.recognized-{Guid.NewGuid():N}";
        await OkAsync(Issuer, "/v1/agreements", Proposal(id, credits: 4), HttpStatusCode.Created);
        await AcceptAsync(id, 1);
        var first = await Issuer.IssueAsync(Registrar.Request("arctic-climate-risk", "Helmi Salo"));
        var found = await RecognitionAsync(Partner, first, Partner, 4);
        Assert.Equal((id, 1), ((string?)found["agreement"], (int)found["version"]!));
        var stranger = consortium[Accreditor];
        var refused = await RecognitionAsync(Other, first, stranger, null);
        Assert.Equal("noAgreement", (string?)refused["code"]);
        Assert.Contains(stranger.MspId, (string?)refused["missing"], StringComparison.Ordinal);

        // Amended from its day on.
        await OkAsync(Issuer, $"/v1/agreements/{id}/versions", Proposal(null, credits: 3), HttpStatusCode.Created);
        await AcceptAsync(id, 2);
        var second = await Issuer.IssueAsync(Registrar.Request("arctic-climate-risk", "Onni Salo"));
        await RecognitionAsync(Partner, second, Partner, 3);
        await RecognitionAsync(Partner, first, Partner, 4);

        // Ended: old awards stand, new ones do not come in.
        await OkAsync(Partner, $"/v1/agreements/{id}/notice", new { }, HttpStatusCode.OK);
        await Issuer.SaysAsync($"/v1/agreements/{id}", "\"ended\"");
        var third = await Issuer.IssueAsync(Registrar.Request("arctic-climate-risk", "Venla Salo"));
        var late = await RecognitionAsync(Partner, third, Partner, null);
        Assert.Equal("afterAgreement", (string?)late["code"]);
        await RecognitionAsync(Partner, second, Partner, 3);
    }

    [Fact]
    public async Task Accreditation_ExpiredOrWithdrawn_ShowsAtTheRightDateAndNotBefore()
    {
        var accreditor = consortium[Accreditor];
        await WithdrawAllAsync(accreditor);
        var without = await Other.IssueAsync(Registrar.Request("ocean-economy", "Ana Lopes"));
        var verdict = await Partner.VerifyUntilAsync(without.Document, "valid", "accreditationWithdrawn");
        Assert.Equal("warning", verdict.Outcome("accreditation"));

        string id = $"short-{Guid.NewGuid():N}";
        await OkAsync(accreditor, "/v1/accreditations", Grant(id), HttpStatusCode.Created);
        await Other.SaysAsync("/v1/accreditations?mspId=" + Other.MspId, id);
        var within = await Other.IssueAsync(Registrar.Request("ocean-economy", "Bela Lopes"));
        verdict = await Partner.VerifyUntilAsync(within.Document, "valid", "accredited");
        Assert.Equal(accreditor.MspId, (string?)verdict["accreditation"]!["accreditor"]);

        // The end is brought near; what was anchored before it stays accredited when it has passed.
        var until = DateTimeOffset.UtcNow.AddSeconds(15);
        await OkAsync(
            accreditor, $"/v1/accreditations/{Other.MspId}/{id}/narrowing", new { validUntil = until },
            HttpStatusCode.OK);
        await Until.TrueAsync(() => Task.FromResult(DateTimeOffset.UtcNow > until), () => "the time did not pass");
        var after = await Other.IssueAsync(Registrar.Request("ocean-economy", "Caio Lopes"));
        await Partner.VerifyUntilAsync(after.Document, "valid", "accreditationExpired");
        verdict = await Partner.VerifyUntilAsync(within.Document, "valid", "accredited");
        Assert.Equal("pass", verdict.Outcome("accreditation"));

        await OkAsync(accreditor, "/v1/accreditations", Grant(id + "-again"), HttpStatusCode.Created);
    }

    [Fact]
    public async Task PastTheGateway_NobodySpeaksForAnother()
    {
        string id = $"{Issuer.MspId}.attacked-{Guid.NewGuid():N}";
        await OkAsync(Issuer, "/v1/agreements", Proposal(id, credits: 1), HttpStatusCode.Created);
        var terms = await TermsAsync(id);
        string ledger = consortium.Ledger;
        string ballot = $"{Other.MspId}.attacked-{Guid.NewGuid():N}";
        await OkAsync(Other, "/v1/ballots", new
        {
            id = ballot,
            action = "admitAccreditor",
            subject = Other.MspId,
        }, HttpStatusCode.Created);

        // An accreditor's identity with a key of its own, in the names of others.
        await RefusedAsync(TransactionNames.AcceptAgreement, new AcceptanceStatement
        {
            Ledger = ledger,
            MspId = Partner.MspId,
            Agreement = id,
            Version = 1,
            Digest = StatementDigest.Of(terms),
            KeyId = "key-1",
        });
        await RefusedAsync(TransactionNames.ProposeAgreement, terms with { Version = 2, NoticeDays = 1 });
        await RefusedAsync(TransactionNames.Vote, new VoteStatement
        {
            Ledger = ledger,
            MspId = Partner.MspId,
            Ballot = ballot,
            Digest = new string('0', 64),
            Approve = true,
            KeyId = "key-1",
        });
        foreach (string claimed in new[] { consortium[Accreditor].MspId, Other.MspId })
        {
            await RefusedAsync(TransactionNames.SetAccreditation, new AccreditationStatement
            {
                Ledger = ledger,
                MspId = claimed,
                Institution = Issuer.MspId,
                Id = "institutional-2026",
                Sequence = 2,
                Action = AccreditationAction.Withdraw,
                KeyId = "key-1",
            });
        }

        // Voted once, it cannot vote again; and the agreement still waits.
        await OkAsync(Other, $"/v1/ballots/{ballot}/votes", new { approve = true }, HttpStatusCode.OK);
        await OkAsync(Other, $"/v1/ballots/{ballot}/votes", new { approve = false }, HttpStatusCode.Conflict);
        var agreement = await Issuer.SaysAsync($"/v1/agreements/{id}", "proposed");
        Assert.Contains($"\"awaits\":[\"{Partner.MspId}\"]", agreement, StringComparison.Ordinal);
        await OkAsync(Issuer, $"/v1/agreements/{id}/notice", new { }, HttpStatusCode.OK);
    }

    private object Grant(string id) => new
    {
        mspId = Other.MspId,
        id,
        scope = new { },
        validUntil = DateTimeOffset.UtcNow.AddYears(1),
        reference = "https://www.meridian.example/decisions/e2e",
    };

    private JsonObject Proposal(string? id, double credits)
    {
        var proposal = new JsonObject
        {
            ["name"] = "Climate courses",
            ["parties"] = new JsonArray(Issuer.MspId, Partner.MspId),
            ["clauses"] = new JsonArray(new JsonObject
            {
                ["id"] = "climate",
                ["recognizedBy"] = new JsonArray(Partner.MspId),
                ["awardedBy"] = new JsonArray(Issuer.MspId),
                ["scope"] = new JsonObject { ["achievements"] = new JsonArray("arctic-climate-risk") },
                ["credits"] = credits,
            }),
            ["noticeDays"] = 0,
        };
        if (id is not null) proposal["id"] = id;
        return proposal;
    }

    private async Task AcceptAsync(string id, int version)
    {
        await Partner.SaysAsync($"/v1/agreements/{id}", $"\"version\":{version},\"digest\"");
        await OkAsync(
            Partner, $"/v1/agreements/{id}/versions/{version}/acceptance", new { }, HttpStatusCode.OK);
        await Issuer.SaysAsync($"/v1/agreements/{id}", $"\"inForce\",\"version\":{version}");
    }

    private async Task WithdrawAllAsync(RunningInstitution accreditor)
    {
        var (_, all) = await accreditor.SendAsync(
            HttpMethod.Get, $"/v1/accreditations?mspId={Other.MspId}&accreditor={accreditor.MspId}");
        foreach (var one in all!["items"]!.AsArray().Where(one => (string?)one!["state"] != "withdrawn"))
        {
            await OkAsync(
                accreditor, $"/v1/accreditations/{Other.MspId}/{one!["id"]}/withdrawal", new { }, HttpStatusCode.OK);
        }
    }

    private async Task<AgreementStatement> TermsAsync(string id)
    {
        var (_, agreement) = await Issuer.SendAsync(HttpMethod.Get, $"/v1/agreements/{id}");
        return LedgerJson.Deserialize<AgreementStatement>(
            System.Text.Encoding.UTF8.GetBytes(agreement!["versions"]![0]!["terms"]!.ToJsonString()));
    }

    private static async Task OkAsync(
        RunningInstitution institution, string path, object body, HttpStatusCode expected)
    {
        var (status, answer) = await institution.SendAsync(HttpMethod.Post, path, body);
        Assert.True(status == expected, $"{path}: {status} {answer}");
    }

    private static async Task<JsonNode> RecognitionAsync(
        RunningInstitution asked, Issued issued, RunningInstitution at, double? credits)
    {
        JsonNode? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                var (status, body) = await asked.SendAsync(
                    HttpMethod.Post, $"/v1/recognitions?institution={at.MspId}", issued.Json);
                answer = body!["items"]?[0]?["recognitions"]?[0];
                return status == HttpStatusCode.OK && (string?)answer!["code"] != "notVerified"
                    && (double?)answer["credits"] == credits;
            },
            () => $"not {credits}: {answer}");
        return answer!;
    }

    private async Task RefusedAsync<T>(string transaction, T statement)
        where T : class
    {
        using var user = new LedgerUser(consortium.Description, consortium[Accreditor], "Admin");
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.P256);
        var signed = new SignedStatement<T>(
            statement, Statements.EncodeSignature(key.Sign(Statements.BytesToSign(statement))));
        string argument = System.Text.Encoding.UTF8.GetString(CanonicalJson.Serialize(signed));
        var refused = await Assert.ThrowsAsync<EndorseException>(() => user.Contract.SubmitAsync(
            transaction, [argument], TestContext.Current.CancellationToken));
        Assert.True(LedgerError.TryFind(refused.Message, out var error), refused.Message);
        Assert.Contains(error.Code, (string[])
            [ErrorCodes.WrongInstitution, ErrorCodes.KeyUnknown, ErrorCodes.SignatureInvalid]);
    }
}
