using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Credentials of another consortium are verified by their proofs, and count as an agreement has it.</summary>
[Collection(TwoConsortia.Name)]
public sealed class AbroadTests(TwoConsortia two)
{
    private static readonly string Agreement = $"AuroraMSP.{TwoConsortia.Agreement}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CredentialOfTheOtherConsortium_IsVerifiedByItsProof_AndRecognizedByTheVersionThatRules()
    {
        var story = await two.StoryAsync();
        var verdict = await two.Here.VerifyAsync(story.Proven);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        var abroad = verdict["abroad"]!;
        Assert.Equal((await two.TrustAsync()).Ledger, (string?)abroad["ledger"]);
        Assert.Equal(["AuroraMSP"], abroad["members"]!.AsArray().Select(one => (string?)one));
        Assert.NotNull((string?)abroad["asOf"]);
        var recognition = Recognition(verdict);
        Assert.Equal((true, 6.0, 2), (
            (bool)recognition["recognized"]!, (double)recognition["credits"]!, (int)recognition["version"]!));
        Assert.Contains($"{Agreement}, version 2", (string?)recognition["detail"], StringComparison.Ordinal);

        // In a presentation, as what a browser kept is taken along, the two stay together.
        byte[] presented =
        [
            .. "{\"type\":[\"VerifiablePresentation\"],\"verifiableCredential\":["u8, .. story.Proven, .. "]}"u8,
        ];
        Assert.Equal("valid", (string?)(await two.Here.VerifyAsync(presented))["verdict"]);
    }

    [Fact]
    public async Task CredentialOfTheOtherConsortium_WithoutAgreementOrProof_SaysWhatIsMissing()
    {
        // Where nobody has agreed it is another ledger's, and its proof is nobody's word.
        var story = await two.StoryAsync();
        Assert.Equal("invalid", (string?)story.BeforeAll["verdict"]);
        Assert.Null(story.BeforeAll["abroad"]);
        Assert.Contains("once this institution agrees", story.BeforeAll.ToJsonString(), StringComparison.Ordinal);

        // Whom another institution agreed to believe is its own affair: this one agreed to nothing.
        Assert.Equal("invalid", (string?)story.AtTheOther["verdict"]);
        Assert.Null(story.AtTheOther["abroad"]);
        Assert.Equal("indeterminate", (string?)story.WithoutProof["verdict"]);
        string missing = (string)story.WithoutProof["abroad"]!["missing"]!;
        Assert.Contains("its proof comes along", missing, StringComparison.Ordinal);
        Assert.Contains("/v1/log/proofs/AuroraMSP/", missing, StringComparison.Ordinal);

        // What was awarded before the agreement is valid, and counts for nothing by it.
        Assert.Equal("valid", (string?)story.AwardedBefore["verdict"]);
        Assert.Equal("beforeAgreement", (string?)Recognition(story.AwardedBefore)["code"]);
        using var replayed = await two.Here.Anyone.PostAsync(
            "/v1/verifications?audience=https://verifier.example&nonce=0123456789abcdef",
            new ByteArrayContent(story.Proven), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        var alone = await two.Here.VerifyAsync(await two.ProofAsync(story.Document));
        Assert.Contains("without the credential", alone.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger", "/abroad/ledger")]
    [InlineData("trust", "/abroad/trust")]
    [InlineData("threshold", "/abroad/trust")]
    [InlineData("twice", "/abroad/trust")]
    [InlineData("age", "/abroad/maxHeadAgeMinutes")]
    [InlineData("accredited", "/clauses/0/accreditedOnly")]
    public async Task AgreementWithAnotherConsortium_ThatCannotBeMeant_IsRefusedWithItsPlace(string what, string field)
    {
        var terms = TwoConsortia.Terms(
            await two.TrustAsync(), what == "age" ? 0 : 60, credits: 1, id: $"wrong-{what}");
        var abroad = terms["abroad"]!.AsObject();
        if (what == "ledger") abroad["ledger"] = await OwnLedgerAsync();
        if (what == "trust") abroad["trust"] = "{}";
        var trust = await two.TrustAsync();
        if (what == "threshold") abroad["trust"] = TextOf(trust with { MembersNeeded = 0 });
        if (what == "twice") abroad["trust"] = TextOf(trust with { Members = [.. trust.Members, .. trust.Members] });
        if (what == "accredited") terms["clauses"]![0]!["accreditedOnly"] = true;
        using var answer = await two.Here.Registrar.PostAsJsonAsync("/v1/agreements", terms, Cancelled);
        string said = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, said, StringComparison.Ordinal);
    }

    private static string TextOf(LogTrust trust) => Encoding.UTF8.GetString(CanonicalJson.Serialize(trust));

    /// <summary>A proof of after the revocation says so; one of before is as old as its head.</summary>
    [Fact]
    public async Task Revoked_IsSeen_InVerdictAndPathway()
    {
        await two.StoryAsync();
        byte[] document = await two.There.IssueAsync("Not For Long");
        await GatewayHost.OkAsync(await two.There.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "issuedInError" }));
        JsonNode verdict = null!;
        byte[] proven = [];
        await Until.TrueAsync(
            async () =>
            {
                verdict = await two.Here.VerifyAsync(proven = await two.ProvenAsync(document));
                return (string?)verdict["verdict"] == "invalid";
            },
            () => $"{verdict}");
        Assert.Empty(verdict["abroad"]!["recognitions"]!.AsArray());
        var found = await EvaluateAsync(proven);
        Assert.Equal("revoked", (string?)found["credentials"]![0]!["reason"]);
        Assert.Empty(found["evaluation"]!["groups"]![0]!["counted"]!.AsArray());
        Assert.Equal("notValid", (string?)(await RecognizeAsync(proven))["items"]![0]!["recognitions"]![0]!["code"]);
    }

    [Fact]
    public async Task LearnersFile_CountsItAsTheAgreementHasIt_AndNeverBesideWhatItStandsFor()
    {
        var story = await two.StoryAsync();
        var report = await RecognizeAsync(story.Proven);
        var item = report["items"]![0]!;
        Assert.Equal(6, (double)report["totals"]![0]!["credits"]!);
        Assert.Equal(["AuroraMSP"], item["abroad"]!["members"]!.AsArray().Select(one => (string?)one));
        Assert.Equal(TwoConsortia.Northern, (string?)item["abroad"]!["name"]);
        Assert.Null(item["abroad"]!["recognitions"]);

        // An achievement of the same name at a member of the same name is another one; what it is equivalent to is not.
        byte[] own = await two.Here.IssueAsync(TwoConsortia.Learner);
        report = await RecognizeAsync(story.Proven, own);
        Assert.Equal(
            ["alreadyCounted", "ownAward"],
            report["items"]!.AsArray().Select(one => (string?)one!["recognitions"]![0]!["code"]));
        report = await RecognizeAsync(story.Document);
        Assert.Contains(
            "its proof comes along", (string?)report["items"]![0]!["recognitions"]![0]!["missing"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pathway_CountsItAsTheAgreementHasIt_AndItsAwardNamesIt()
    {
        var story = await two.StoryAsync();
        var found = await EvaluateAsync(story.Early, story.Proven);
        Assert.True((bool)found["evaluation"]!["complete"]!);
        var counted = Assert.Single(found["evaluation"]!["groups"]![0]!["counted"]!.AsArray())!;
        Assert.Equal((6.0, "data-literacy", Agreement, 2), (
            (double)counted["credits"]!, (string)counted["achievement"]!["id"]!,
            (string)counted["agreement"]!["id"]!, (int)counted["agreement"]!["version"]!));
        Assert.Equal((await two.TrustAsync()).Ledger, (string?)counted["ledger"]);
        Assert.Equal(["AuroraMSP"], found["credentials"]![1]!["abroad"]!["members"]!.AsArray().Select(one => $"{one}"));

        // The early one is valid, and no pathway here names what its awarder awards there.
        var not = Assert.Single(found["evaluation"]!["notCounted"]!.AsArray())!;
        Assert.Equal("notInPathway", (string?)not["reason"]);
        using var awarded = await GatewayHost.OkAsync(await two.Here.PostAsync(
            "/v1/pathways/abroad-path/1/awards",
            new
            {
                credentials = new[] { JsonNode.Parse(story.Proven) },
                recipient = new { name = TwoConsortia.Learner, email = "under@student.example" },
            }));
        var verdict = await two.Here.VerifyAsync(await awarded.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.Equal("partsNotKnown", (string?)Assert.Single(verdict["headlineCodes"]!.AsArray()));
    }

    [Fact]
    public async Task StaleProof_NamesItsAge_TheLimit_AndWhereToGetAFreshOne()
    {
        var story = await two.StoryAsync();
        var services = two.Here.Services;
        var later = new AbroadCredentials(
            services.GetRequiredService<LedgerProjection>(), services.GetRequiredService<AbroadTrusts>(),
            services.GetRequiredService<GatewayServiceOptions>(), new LaterTime(TimeSpan.FromDays(2)));
        var verdict = later.TryVerify(ProvenCredential.Find(story.Proven)!.Value)!;
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        var head = verdict.Checks.Single(check => check.Name == LogCheckNames.Head);
        Assert.Equal(LogCheckCodes.TooOld, head.Code);
        Assert.Matches(@"2 d 0 h [0-9]+ min [0-9]+ s ago; at most 1 d 0 h 0 min 0 s is taken", head.Detail);
        Assert.Contains("https://aurora.example/v1/log/proofs/AuroraMSP/", head.NextStep, StringComparison.Ordinal);
        var file = LearnersFile.Of([[verdict]], services.GetRequiredService<ProjectedRecords>());
        Assert.Empty(file.Earned);
        var told = Assert.Single(file.Credentials);
        Assert.Equal(LogCheckCodes.TooOld, told.Reason);
        Assert.Contains("fresh proof", told.Detail, StringComparison.Ordinal);
    }

    /// <summary>What a learner takes along at home is one file, and all that is needed here.</summary>
    [Fact]
    public async Task FileThatALearnerTakesAlongAtHome_IsVerifiedHere()
    {
        var story = await two.StoryAsync();
        var file = await two.There.Services.GetRequiredService<LearnerFiles>().MakeAsync(
            Guid.Parse(GatewayHost.IdOf(story.Document)[^36..]), "proven", PageText.In("en"), Cancelled);
        Assert.EndsWith(".proven.json", file!.Name, StringComparison.Ordinal);
        Assert.Equal("valid", await two.Here.VerdictAsync(file.Content));
    }

    /// <summary>
    /// Heads that those signed whose word is taken say who else signs by now: no further version is agreed on.
    /// </summary>
    [Fact]
    public async Task TrustFile_IsRenewedByTheOtherConsortiumsOwnHeads_AndNeverGoesBack()
    {
        var story = await two.StoryAsync();
        byte[] old = await two.There.Anyone.GetByteArrayAsync("/v1/log/renewal", Cancelled);

        // A proof that the other member there signed alone is nobody's word, before its key is known here.
        byte[] document = await two.There.IssueAsync("Word Of Another");
        byte[] proven = new ProvenCredential(document, await two.ProofAsync(document, two.ThereToo)).ToBytes();
        var verdict = await two.Here.VerifyAsync(proven);
        string address = $"/v1/agreements/{Agreement}/renewals";
        Assert.Equal("indeterminate", (string?)verdict["verdict"]);
        Assert.Contains(address, verdict.ToJsonString(), StringComparison.Ordinal);
        using var byTheOther = await RenewAsync(
            address, await two.ThereToo.Anyone.GetByteArrayAsync("/v1/log/renewal", Cancelled));
        Assert.Equal(HttpStatusCode.BadRequest, byTheOther.StatusCode);
        byte[] renewal = [];
        await Until.TrueAsync(
            async () => !(renewal = await two.There.Anyone.GetByteArrayAsync("/v1/log/renewal", Cancelled))
                .AsSpan().SequenceEqual(old),
            () => "no later head is signed");
        using var renewed = await GatewayHost.OkAsync(await RenewAsync(address, renewal));
        var said = (await renewed.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
        Assert.Equal(["AuroraMSP", "LindenMSP"], said["members"]!.AsArray().Select(one => (string?)one!["name"]));
        verdict = await two.Here.VerifyAsync(proven);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.Equal(["LindenMSP"], verdict["abroad"]!["members"]!.AsArray().Select(one => (string?)one));
        using var back = await RenewAsync(address, old);
        Assert.Equal(HttpStatusCode.BadRequest, back.StatusCode);
        Assert.Contains("never goes back", await back.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal("valid", (string?)(await two.Here.VerifyAsync(story.Proven))["verdict"]);
    }

    [Fact]
    public async Task CommandLine_WritesBothAsOneFile_AndRenewsTheTrustFile()
    {
        var story = await two.StoryAsync();
        string folder = Directory.CreateTempSubdirectory("abroad-").FullName;
        try
        {
            string[] names =
                ["credential.json", "whole.json", "trust.json", "members.trust-renewal", "newer.json", "same.json"];
            string[] files = [.. names.Select(name => Path.Combine(folder, name))];
            string there = $"{two.There.Anyone.BaseAddress}";
            await File.WriteAllBytesAsync(files[0], story.Document, Cancelled);
            await File.WriteAllBytesAsync(
                files[2], CanonicalJson.Serialize(await two.TrustAsync()), Cancelled);
            await RunAsync("log", "prove", files[0], "--gateway", there, "--whole", "--out", files[1]);
            await RunAsync("verify", files[1], "--log-trust", files[2]);
            Assert.Equal("valid", await two.Here.VerdictAsync(await File.ReadAllBytesAsync(files[1], Cancelled)));
            await RunAsync("log", "renew", files[2], "--gateway", there, "--keep", files[3], "--out", files[4]);

            // Who has the renewal asks nobody.
            await RunAsync("log", "renew", files[2], "--renewal", files[3], "--out", files[5]);
            byte[] newer = await File.ReadAllBytesAsync(files[4], Cancelled);
            Assert.Equal(newer, await File.ReadAllBytesAsync(files[5], Cancelled));
            Assert.Equal(["AuroraMSP", "LindenMSP"], LogTrust.Read(newer).Members.Select(one => one.Name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(params string[] arguments) =>
        (await MicroCredsProgram.RunAsync(arguments)).Ends(0);

    private Task<HttpResponseMessage> RenewAsync(string address, byte[] renewal) =>
        two.Here.Registrar.PostAsync(address, new ByteArrayContent(renewal), Cancelled);

    private static JsonNode Recognition(JsonNode verdict) =>
        Assert.Single(verdict["abroad"]!["recognitions"]!.AsArray())!;

    private async Task<string> OwnLedgerAsync() =>
        (string)(await two.Here.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!["origin"]!;

    private Task<JsonNode> RecognizeAsync(params byte[][] credentials) =>
        PostAsync("/v1/recognitions?institution=AuroraMSP", credentials);

    private async Task<JsonNode> EvaluateAsync(params byte[][] credentials)
    {
        await PublishPathwayAsync(two.Here);
        return await PostAsync("/v1/pathways/AuroraMSP/abroad-path/1/evaluations", credentials);
    }

    /// <summary>Publishes a pathway of what the agreement has the other consortium's awards stand for.</summary>
    internal static async Task PublishPathwayAsync(GatewayHost host)
    {
        await SamplePathway.PublishAchievementsAsync(host);
        await GatewayHost.OkAsync(await host.PostAsync("/v1/pathways", JsonNode.Parse("""
            {
              "id": "abroad-path", "version": 1, "name": "From anywhere", "description": "What is known of data.",
              "award": { "id": "pathway-award", "version": 1 }, "credits": 3,
              "groups": [
                { "id": "core", "name": "Core", "rule": "all",
                  "items": [ { "mspId": "AuroraMSP", "id": "data-literacy" } ] }
              ]
            }
            """)!));
    }

    private async Task<JsonNode> PostAsync(string address, params byte[][] credentials)
    {
        using var answer = await GatewayHost.OkAsync(await two.Here.Anyone.PostAsync(
            address,
            GatewayHost.Json($"{{\"credentials\":[{string.Join(',', credentials.Select(Encoding.UTF8.GetString))}]}}"),
            Cancelled));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
    }

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
