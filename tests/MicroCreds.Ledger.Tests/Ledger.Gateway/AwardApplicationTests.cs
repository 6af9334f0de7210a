using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner asks for the award of a pathway, and somebody decides.</summary>
public sealed class AwardApplicationTests(MailFixture mails) : IClassFixture<MailFixture>
{
    private const string ByNobody = """{"kind":"gateway","id":"gateway","name":"gateway"}""";
    private const string Reason = "The name is not the one you study under.";

    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Award_IsIssuedOnce_HoweverOftenItIsPressed_AndMailed()
    {
        var asked = await AskAsync(_gateway);
        Assert.Equal("waiting", (string?)asked.Answer["state"]);
        Assert.Contains("has not decided yet", await PageAsync(asked), StringComparison.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DecideAsync(_gateway, asked, "award")));
        Assert.All(answers, answer => Assert.Equal("awarded", (string?)answer["state"]));
        string credential = (string)Assert.Single(answers.Select(answer => (string?)answer["credential"]).Distinct())!;
        var mail = await mails.Server.ToldAsync(asked.Email, "Your credential");
        Assert.Contains("/claim/", LearnerMailTests.LinkIn(mail), StringComparison.Ordinal);

        // It names the parts, and nothing of what was brought is kept.
        string document = await _gateway.Registrar.GetStringAsync($"/v1/credentials/{credential}", Cancellation);
        Assert.All(asked.Parts, part => Assert.Contains(part, document, StringComparison.Ordinal));
        Assert.Null(_gateway.Services.GetRequiredService<AwardApplications>().ReadCredentials(asked.Id));

        // The page leads to it also where no mail came.
        using var device = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var claim = await device.PostAsync(asked.Url + "/claim", Nothing(), Cancellation);
        Assert.StartsWith("/claim/", claim.Headers.Location!.ToString(), StringComparison.Ordinal);
        await RefusedAsync(HttpStatusCode.Conflict, _gateway, asked, "refusal", new { reason = Reason });
    }

    [Fact]
    public async Task Refusal_IsMailedWithItsReason_AndTheCredentialsCanBeBroughtAgain()
    {
        var asked = await AskAsync(_gateway);
        using var twice = await PostAsync(_gateway, asked.Pathway, asked.Credentials, asked.Email);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        await RefusedAsync(HttpStatusCode.BadRequest, _gateway, asked, "refusal", new { reason = " " });
        Assert.Equal("declined", (string?)(await DecideAsync(_gateway, asked, "refusal"))["state"]);
        var mail = await mails.Server.ToldAsync(asked.Email, "not awarded");
        Assert.Contains(Reason, mail.TextBody, StringComparison.Ordinal);
        Assert.Contains(Reason, await PageAsync(asked), StringComparison.Ordinal);
        await RefusedAsync(HttpStatusCode.Conflict, _gateway, asked, "award", new { });
        using var again = await PostAsync(_gateway, asked.Pathway, asked.Credentials, asked.Email);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        string listed = await _gateway.Registrar.GetStringAsync("/v1/deliveries?state=sent", Cancellation);
        Assert.Contains($"\"application\":\"{asked.Id}\"", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileItIsBeingAwarded_NobodyDeclinesIt_AndItIsTakenUpAgain()
    {
        var asked = await AskAsync(_gateway);

        // As after a crash in between: nothing is known of it, and after a while it waits as before.
        var applications = _gateway.Services.GetRequiredService<AwardApplications>();
        Assert.True(await applications.BeginAsync(asked.Id, ByNobody, DateTimeOffset.UtcNow));
        await RefusedAsync(HttpStatusCode.Conflict, _gateway, asked, "refusal", new { reason = Reason });
        Assert.True(await applications.WaitAgainAsync(asked.Id));
        Assert.True(await applications.BeginAsync(asked.Id, ByNobody, DateTimeOffset.UtcNow.AddMinutes(-3)));
        Assert.Equal("waiting", (string?)(await ReadAsync(_gateway, asked))["state"]);
        Assert.Equal("awarded", (string?)(await DecideAsync(_gateway, asked, "award"))["state"]);
    }

    [Fact]
    public async Task WhatWasIssuedBeforeACrash_IsSaidToBeAwarded()
    {
        var asked = await AskAsync(_gateway);
        string? credential = (string?)(await DecideAsync(_gateway, asked, "award"))["credential"];
        await _gateway.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var undo = connection.Prepare(
                "UPDATE application SET state = 'awarding', credential = NULL WHERE id = $0", 1);
            undo.With(asked.Id.ToByteArray(bigEndian: true)).ExecuteNonQuery();
        });
        Assert.Equal(credential, (string?)(await ReadAsync(_gateway, asked))["credential"]);
    }

    [Fact]
    public async Task SharedAddress_LeadsToNobodyElsesCredential()
    {
        var hers = await AskAsync(_gateway);
        string? before = (string?)(await DecideAsync(_gateway, hers, "award"))["credential"];
        var his = await AskAsync(_gateway, email: hers.Email.ToUpperInvariant());
        string said = await RefusedAsync(HttpStatusCode.Conflict, _gateway, his, "award", new { });
        Assert.Contains("another name", said, StringComparison.Ordinal);
        Assert.Equal("waiting", (string?)(await ReadAsync(_gateway, his))["state"]);
        using var allowed = await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/award-applications/{his.Id}/award", new { duplicates = "allow" }));
        var awarded = await allowed.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        Assert.NotEqual(before, (string?)awarded!["credential"]);
    }

    [Fact]
    public async Task SameCredentials_AreNotAwardedTwiceUnnoticed_AlsoLongAfter()
    {
        var first = await AskAsync(_gateway);
        string? before = (string?)(await DecideAsync(_gateway, first, "award"))["credential"];
        await _gateway.Services.GetRequiredService<AwardApplications>().SweepAsync(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddSeconds(1));
        using var learner = new HttpClient();
        using var gone = await learner.GetAsync(first.Url, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var old = await _gateway.Registrar.GetAsync($"/v1/award-applications/{first.Id}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        string all = await _gateway.Registrar.GetStringAsync("/v1/award-applications?state=awarded", Cancellation);
        Assert.DoesNotContain(first.Email, all, StringComparison.Ordinal);

        using var answer = await PostAsync(_gateway, first.Pathway, first.Credentials, "evil@mail.example");
        string id = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["id"]!;
        using var refused = await _gateway.PostAsync($"/v1/award-applications/{id}/award", new { });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(
            before!, await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forms_ThatCannotBeRead_AndStrangeSecrets_AreNoFaultOfTheGateway()
    {
        using var device = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _gateway.Anyone.BaseAddress,
        };
        foreach (string address in (string[])["asked/%C3%A9/withdrawal", "claim/%C3%A9", "claim/%C3%A9/renewal"])
        {
            using var answer = await device.PostAsync(address, Nothing(), Cancellation);
            Assert.InRange((int)answer.StatusCode, 300, 499);
        }

        string mark = SessionCookie.MarkOf("AuroraMSP");
        device.DefaultRequestHeaders.Add("Cookie", $"microcreds-learner-{mark}={LearnerSecret.Draw()}");
        HttpContent[] forms =
        [
            new StringContent("{}", null, "application/json"), new StringContent("x", null, "text/plain"),
            new StringContent("label=%00", null, "application/x-www-form-urlencoded"),
            new FormUrlEncodedContent(Enumerable.Range(0, 5000).Select(i => KeyValuePair.Create($"f{i}", "x"))),
        ];
        foreach (var form in forms)
        {
            using var answer = await device.PostAsync("me/transcript", form, Cancellation);
            Assert.InRange((int)answer.StatusCode, 300, 499);
        }

        // A page of the same site must not have a learner's browser write.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "me/transcript") { Content = Nothing() };
        foreign.Headers.Add("Sec-Fetch-Site", "same-site");
        using var refused = await device.SendAsync(foreign, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task WhatCannotBeAskedFor_IsToldWithTheReason_AndNothingIsKept()
    {
        var (pathway, credentials) = await CompleteAsync(_gateway);
        var open = await OpenAsync();
        await FaultAsync(
            HttpStatusCode.Conflict, new JsonArray(credentials[0]!.DeepClone()), "Electives: 6 ECTS missing");
        foreach (string none in (string[])["no address", "a@b,evil.example", "<a@b.example>", "a@.", "\"@b.example"])
            await FaultAsync(HttpStatusCode.BadRequest, credentials, "/email", email: none);
        await FaultAsync(HttpStatusCode.Conflict, ["not.a.token"], "/credentials/0: ");
        var (_, others) = await CompleteAsync(_gateway, pathway);
        var mixed = new JsonArray([.. credentials.Take(2).Append(others[2]).Select(one => one!.DeepClone())]);
        await FaultAsync(HttpStatusCode.BadRequest, mixed, "more than one name");
        using var unknown = await PostAsync(_gateway, "no-such-pathway", credentials, email: null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(open.ToJsonString(), (await OpenAsync()).ToJsonString());

        async Task FaultAsync(HttpStatusCode status, JsonArray brought, string said, string? email = null)
        {
            using var answer = await PostAsync(_gateway, pathway, brought, email);
            Assert.Equal(status, answer.StatusCode);
            Assert.Contains(said, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RevokedMeanwhile_IsNotAwarded_AndWaitsAsBefore()
    {
        var asked = await AskAsync(_gateway);
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{asked.Parts[0]}/revocation", new { reason = "issuedInError" }));
        string said = await RefusedAsync(HttpStatusCode.Conflict, _gateway, asked, "award", new { });
        Assert.Contains("not complete", said, StringComparison.Ordinal);
        Assert.Equal("waiting", (string?)(await ReadAsync(_gateway, asked))["state"]);
    }

    [Fact]
    public async Task Erased_Withdrawn_AndOld_AreForgotten()
    {
        var applications = _gateway.Services.GetRequiredService<AwardApplications>();
        var erased = await AskAsync(_gateway);
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync(
            $"/v1/credentials/{erased.Parts[1]}", Cancellation));
        Assert.Null(applications.Find(erased.Id));

        var taken = await AskAsync(_gateway);
        using var learner = new HttpClient();
        using var withdrawn = await learner.PostAsync(taken.Url + "/withdrawal", Nothing(), Cancellation);
        Assert.Equal(HttpStatusCode.OK, withdrawn.StatusCode);
        Assert.Null(applications.Find(taken.Id));
        using var again = await PostAsync(_gateway, taken.Pathway, taken.Credentials, taken.Email);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);

        var old = await AskAsync(_gateway);
        var declined = await AskAsync(_gateway);
        await DecideAsync(_gateway, declined, "refusal");
        var now = DateTimeOffset.UtcNow;
        await applications.SweepAsync(now - ApplicationRoutine.Waiting, now - ApplicationRoutine.Shown);
        Assert.NotNull(applications.Find(old.Id));
        await applications.SweepAsync(old.CreatedAt.AddMilliseconds(1), DateTimeOffset.UnixEpoch);
        Assert.Null(applications.Find(old.Id));
        Assert.NotNull(applications.Find(declined.Id));
        await applications.SweepAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Null(applications.Find(declined.Id));
        Assert.Empty(_gateway.Services.GetRequiredService<MailDeliveries>().List(declined.Id));
    }

    [Fact]
    public async Task WhereAnotherHasToApprove_ItIsAwardedOnceThatIsDone_AndWaitsAgainIfItIsTurnedDown()
    {
        await using var strict = await GatewayHost.StartAsync(mails[LedgerFixture.Aurora], "Approval=all");
        await strict.PrepareAsync();
        var asked = await AskAsync(_gateway, strict);
        using var approver = await ClientAsync(strict, "approver");
        string held = (string)(await DecideAsync(strict, asked, "award"))["request"]!;
        Assert.Contains(held, await RefusedAsync(HttpStatusCode.Conflict, strict, asked, "award", new { }),
            StringComparison.Ordinal);
        using var turnedDown = await GatewayHost.OkAsync(
            await approver.PostAsJsonAsync($"{held}/refusal", new { reason = "not yet" }, Cancellation));
        Assert.Equal("waiting", (string?)(await ReadAsync(strict, asked))["state"]);

        held = (string)(await DecideAsync(strict, asked, "award"))["request"]!;
        using var approved = await GatewayHost.OkAsync(
            await approver.PostAsync($"{held}/approval", content: null, Cancellation));
        await Until.TrueAsync(
            async () => (string?)(await ReadAsync(strict, asked))["credential"] is not null,
            () => "What was approved is not said to be awarded.");
    }

    [Fact]
    public async Task TurnedOff_NobodyAsks_AndOnlyRegistrarsDecide()
    {
        await using var off = await GatewayHost.StartAsync(mails[LedgerFixture.Aurora], "LearnerOff=awards");
        var (pathway, credentials) = await CompleteAsync(_gateway);
        await Until.TrueAsync(
            async () => (await off.Anyone.GetAsync($"/v1/pathways/AuroraMSP/{pathway}/1", Cancellation))
                .IsSuccessStatusCode,
            () => "The pathway is not known.");
        using var refused = await PostAsync(off, pathway, credentials, email: null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        var asked = await AskAsync(_gateway);
        using var issuer = await ClientAsync(_gateway, "issuer");
        using var read = await issuer.GetAsync($"/v1/award-applications/{asked.Id}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var decided = await issuer.PostAsJsonAsync(
            $"/v1/award-applications/{asked.Id}/award", new { }, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, decided.StatusCode);
        using var anybody = await _gateway.Anyone.GetAsync("/v1/award-applications", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anybody.StatusCode);
    }

    /// <summary>Issues a learner all that a pathway asks for.</summary>
    internal static async Task<(string Pathway, JsonArray Credentials)> CompleteAsync(
        GatewayHost gateway, string? pathway = null)
    {
        pathway ??= $"asks-{Guid.NewGuid():N}"[..20];
        return (pathway, await SamplePathway.IssueAsync(
            gateway, pathway, $"Learner {Guid.NewGuid():N}", "part-one", "part-two", "part-three"));
    }

    private static FormUrlEncodedContent Nothing() => new([]);

    private static async Task<Asked> AskAsync(GatewayHost issuer, GatewayHost? other = null, string? email = null)
    {
        var (pathway, credentials) = await CompleteAsync(issuer);
        email ??= $"{Guid.NewGuid():N}@student.example";
        using var answer = await SoonAsync(() => PostAsync(other ?? issuer, pathway, credentials, email));
        var json = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        return new Asked(
            Guid.Parse((string)json["id"]!), pathway, credentials, email, (string)json["url"]!,
            (DateTimeOffset)json["createdAt"]!, json);
    }

    // Another gateway of the member reads the pathway, and each credential's anchor, from the ledger a moment later.
    private static async Task<HttpResponseMessage> SoonAsync(Func<Task<HttpResponseMessage>> ask)
    {
        HttpResponseMessage? answer = null;
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                answer?.Dispose();
                answer = await ask();
                said = await answer.Content.ReadAsStringAsync(Cancellation);
                return answer.StatusCode == HttpStatusCode.Created;
            },
            () => said);
        return answer!;
    }

    private static Task<HttpResponseMessage> PostAsync(
        GatewayHost gateway, string pathway, JsonArray credentials, string? email) => gateway.Anyone.PostAsJsonAsync(
        $"/v1/pathways/{pathway}/1/applications", new { credentials, email, language = "en" }, Cancellation);

    private static async Task<JsonNode> DecideAsync(GatewayHost gateway, Asked asked, string decision)
    {
        // As a browser sends what has two lines.
        object body = decision == "award"
            ? new { } : new { reason = Reason.Replace(" you", "\r\nyou", StringComparison.Ordinal) };
        using var answer = await GatewayHost.OkAsync(
            await gateway.PostAsync($"/v1/award-applications/{asked.Id}/{decision}", body));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private static async Task<string> RefusedAsync(
        HttpStatusCode status, GatewayHost gateway, Asked asked, string decision, object body)
    {
        using var answer = await gateway.PostAsync($"/v1/award-applications/{asked.Id}/{decision}", body);
        Assert.Equal(status, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<JsonNode> ReadAsync(GatewayHost gateway, Asked asked) =>
        (await gateway.Registrar.GetFromJsonAsync<JsonNode>($"/v1/award-applications/{asked.Id}", Cancellation))!;

    private static async Task<HttpClient> ClientAsync(GatewayHost gateway, string role)
    {
        using var made = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/api-keys", new { name = $"a {role}", roles = new[] { role } }));
        return gateway.With((string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["key"]!);
    }

    private static async Task<string> PageAsync(Asked asked)
    {
        using var learner = new HttpClient();
        return await learner.GetStringAsync(asked.Url, Cancellation);
    }

    private async Task<JsonNode> OpenAsync() =>
        (await _gateway.Registrar.GetFromJsonAsync<JsonNode>("/v1/award-applications", Cancellation))!;

    private sealed record Asked(
        Guid Id, string Pathway, JsonArray Credentials, string Email, string Url, DateTimeOffset CreatedAt,
        JsonNode Answer)
    {
        public IReadOnlyList<string> Parts =>
            [.. Credentials.Select(one => ((string)one!["id"]!)["urn:uuid:".Length..])];
    }
}
