using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A learner practises by consent, a rule says what it counts for, and the credential rests on it.</summary>
public sealed class PracticeTests(MailFixture mails) : IClassFixture<MailFixture>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Passed_AskedFor_IsIssuedByTheDesk_WithEvidenceThatCanBeRecomputed_UntilItIsErased()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        await learner.PassAsync(0.5);
        Assert.DoesNotContain("id=\"ask\"", await learner.PageAsync(), StringComparison.Ordinal);
        await learner.PassAsync(0.9);
        Assert.Contains("id=\"ask\"", await learner.PageAsync(), StringComparison.Ordinal);
        await AskAsync(learner);
        var asked = await FindAsync(learner, "asked");
        Assert.Equal(2, (int)asked["evidence"]!["attempts"]!);
        Assert.Equal(0.9, (double)asked["evidence"]!["score"]!);

        var issued = await DecideAsync(asked, "award", new { });
        Assert.Equal("issued", (string?)issued["state"]);
        string credential = (string)issued["credential"]!;
        var mail = await mails.Server.ToldAsync(learner.Email, "Your credential");
        Assert.Contains("/claim/", LearnerMailTests.LinkIn(mail), StringComparison.Ordinal);
        var document = JsonNode.Parse(await _gateway.Registrar.GetStringAsync(
            $"/v1/credentials/{credential}", Cancellation))!;
        var evidence = Assert.Single(document["evidence"]!.AsArray())!;
        string digest = (string)asked["evidence"]!["sha256"]!;
        Assert.Contains(digest, (string)evidence["narrative"]! + evidence["description"], StringComparison.Ordinal);
        string url = new Uri((string)evidence["id"]!).AbsolutePath;

        // Anybody reckons the digest anew out of what is given there, which names nobody.
        string page = await _gateway.Anyone.GetStringAsync(url, Cancellation);
        Assert.Contains(digest, page, StringComparison.Ordinal);
        string given = await _gateway.Anyone.GetStringAsync(url + "/statements", Cancellation);
        Assert.DoesNotContain(learner.Name, page + given, StringComparison.Ordinal);
        Assert.DoesNotContain(learner.Email, page + given, StringComparison.Ordinal);
        var shown = JsonNode.Parse(given)!;
        Assert.True((bool)shown["agrees"]!);
        byte[] canonical = CanonicalJson.Canonicalize(shown["statements"]);
        Assert.Equal(digest, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(canonical)));

        // Erasing the credential ends the evidence, the learner's page and the statements.
        using var erased = await GatewayHost.OkAsync(
            await _gateway.Registrar.DeleteAsync($"/v1/credentials/{credential}", Cancellation));
        using var gone = await _gateway.Anyone.GetAsync(url, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains("Nothing is here", await learner.PageAsync(), StringComparison.Ordinal);
        Assert.Empty(Statements.ListOfPractice(Guid.Parse((string)asked["id"]!)));
    }

    [Fact]
    public async Task TamperedStatement_IsSeen()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        await learner.PassAsync();
        await AskAsync(learner);
        var practice = Guid.Parse((string)(await FindAsync(learner, "asked"))["id"]!);
        var store = _gateway.Services.GetRequiredService<GatewayStore>();
        var kept = Statements.ListOfPractice(practice)[^1];
        byte[] other = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(kept.Content)
            .Replace("terminated", "terminator", StringComparison.Ordinal));
        await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare("UPDATE xapi_statement SET content = $0 WHERE id = $1", 2);
            update.With(PackedDocument.Of(other).Bytes, kept.Id.ToByteArray(bigEndian: true)).ExecuteNonQuery();
        });
        string url = PracticeDeciding.EvidenceAddress
            + _gateway.Services.GetRequiredService<PracticeDeciding>().EvidenceSecretOf(practice);
        var shown = JsonNode.Parse(await _gateway.Anyone.GetStringAsync(url + "/statements", Cancellation))!;
        Assert.False((bool)shown["agrees"]!);
    }

    [Fact]
    public async Task ByRule_IsIssuedAtOnceToWhomTheInstitutionKnows_AndPutToTheDeskForOthers()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(
            _gateway, await PracticeVisitor.PublishAsync(_gateway), "byRule");
        string email = $"{Guid.NewGuid():N}@student.example";
        var row = GatewayHost.Row("Known Learner");
        row["recipient"]!["email"] = email;
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", row));
        await mails.Server.ToldAsync(email, "Your credential");

        using var known = await BeginAsync(rule, "known learner", email);
        await known.PassAsync();
        await AskAsync(known);
        Assert.Equal("issued", (string?)(await FindAsync(known, "issued"))["state"]);

        // Another name at the same address is another person until somebody has looked.
        var (other, _) = await PracticeVisitor.SetUpAsync(
            _gateway, await PracticeVisitor.PublishAsync(_gateway), "byRule", new { title = "Another laboratory" });
        using var stranger = await PracticeVisitor.BeginAsync(
            _gateway, mails.Server, other, "Somebody Else", email, subject: "Another laboratory");
        await stranger.PassAsync();
        await AskAsync(stranger);
        await FindAsync(stranger, "asked");
    }

    [Fact]
    public async Task WhoeverEntersAnothersAddress_GetsNothing()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var unconfirmed = await PracticeVisitor.BeginAsync(
            _gateway, mails.Server, rule, "Ministra Nimi", confirms: false);
        using var launched = await unconfirmed.PostAsync("launch", ("activity", PracticeVisitor.Activity));
        Assert.Equal(HttpStatusCode.NotFound, launched.StatusCode);
        var mail = await mails.Server.ToldAsync(unconfirmed.Email, "Your practice");
        Assert.DoesNotContain("Ministra", mail.ToString(), StringComparison.Ordinal);
        using var asked = await unconfirmed.PostAsync("request");
        Assert.Contains("fault=missing", asked.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_IsAskedFor_AndWithdrawnItErasesEverything()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var refused = await _gateway.Anyone.PostAsync(
            $"/practise/{rule}", new FormUrlEncodedContent(
                new Dictionary<string, string> { ["name"] = "A B", ["email"] = "a@b.example" }), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var learner = await BeginAsync(rule);
        var session = await learner.LaunchAsync();
        await GatewayHost.OkAsync(await session.SayAsync(session.Statement("initialized")));
        var practice = Guid.Parse(session.Registration);
        Assert.Equal(2, Statements.ListOfPractice(practice).Count);
        using var gone = await learner.PostAsync("withdrawal");
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        Assert.Contains("It is deleted", await gone.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Contains("Nothing is here", await learner.PageAsync(), StringComparison.Ordinal);
        Assert.Empty(Statements.ListOfPractice(practice));
        Assert.Null(_gateway.Services.GetRequiredService<Practices>().Find(practice));
        using var late = await session.SayAsync(session.Statement("passed", 1));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task AnotherSitesPage_HasNobodyBeginAndNoMailSent()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/practise/{rule}")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["name"] = "A B",
                ["email"] = "a@b.example",
                ["agree"] = "yes",
            }),
        };
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var refused = await _gateway.Anyone.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Token_IsFetchedOnce_AndTheLaunchDataIsThere()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        var session = await learner.LaunchAsync();
        using var again = await _gateway.Anyone.PostAsync(session.Fetch, content: null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("1", (string?)(await again.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["error-code"]);
        using var none = await _gateway.Anyone.PostAsync(session.Fetch[..^1] + "_", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.OK, none.StatusCode);
        Assert.Equal("2", (string?)(await none.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["error-code"]);
        using var request = PracticeVisitor.LaunchedSession.Request(
            HttpMethod.Get,
            $"xapi/activities/state?stateId=LMS.LaunchData&activityId={PracticeVisitor.Activity}"
            + $"&registration={session.Registration}&agent={Uri.EscapeDataString(session.Actor)}",
            $"Basic {session.Token}");
        using var answer = await GatewayHost.OkAsync(await _gateway.Anyone.SendAsync(request, Cancellation));
        var data = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal(0.8, (double)data["masteryScore"]!);
        Assert.Equal(session.Registration, (string?)data["contextTemplate"]!["registration"]);
        Assert.Equal(
            PracticeVisitor.Activity, (string?)data["contextTemplate"]!["contextActivities"]!["grouping"]![0]!["id"]);
        var launched = JsonNode.Parse(Statements.ListOfPractice(Guid.Parse(session.Registration))[0].Content)!;
        var extensions = launched["context"]!["extensions"]!;
        Assert.Equal("Normal", (string?)extensions["https://w3id.org/xapi/cmi5/context/extensions/launchmode"]);
        Assert.Equal("Passed", (string?)extensions["https://w3id.org/xapi/cmi5/context/extensions/moveon"]);
        Assert.Equal(0.8, (double)extensions["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"]!);
        Assert.EndsWith(
            "/scene", (string?)extensions["https://w3id.org/xapi/cmi5/context/extensions/launchurl"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_IsRefusedWithItsReason()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        var session = await learner.LaunchAsync();
        foreach (var (what, said) in ((string, string)[])[
            ("actor", "learner"), ("name", "name"), ("activity", "activities"), ("none", "is missing"),
            ("registration", "another than this session's"), ("early", "timestamp"), ("ahead", "timestamp"),
            ("instructor", "other people"), ("session", "another session"),
        ])
        {
            var statement = session.Statement("passed", 1);
            Forge(statement, what);
            using var answer = await session.SayAsync(statement);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains(said, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        // What is there is what the gateway said itself when it was launched.
        Assert.Single(Statements.ListOfPractice(Guid.Parse(session.Registration)));
    }

    [Fact]
    public async Task Replayed_Late_AndOfAnotherSimulator_AreRefused()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        var (other, secret) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        var session = await learner.LaunchAsync();
        var passed = session.Statement("passed", 0.7);
        await GatewayHost.OkAsync(await session.SayAsync(passed));
        await GatewayHost.OkAsync(await session.SayAsync(passed));
        passed["result"]!["score"]!["scaled"] = 1;
        using var replayed = await session.SayAsync(passed);
        Assert.Equal(HttpStatusCode.Conflict, replayed.StatusCode);

        string basic = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{other}:{secret}"));
        using var foreign = await PracticeVisitor.LaunchedSession.SayAsync(
            session.Gateway, basic, session.Statement("passed", 1));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var looked = PracticeVisitor.LaunchedSession.Request(
            HttpMethod.Get, $"xapi/statements?statementId={(string)passed["id"]!}", basic);
        using var hidden = await _gateway.Anyone.SendAsync(looked, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);

        await GatewayHost.OkAsync(await session.SayAsync(session.Statement("terminated")));
        using var late = await session.SayAsync(session.Statement("passed", 1));
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        Assert.Contains("over", await late.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"ask\"", await learner.PageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeastAttemptsAndMinutes_AreCountedByTheClockHere_AndVoidedDoesNotCount()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(
            _gateway, await PracticeVisitor.PublishAsync(_gateway),
            more: new { leastAttempts = 2, leastMinutes = 1 });
        using var learner = await BeginAsync(rule);
        await learner.PassAsync();
        await learner.PassAsync();

        // Each claims a minute and a half, within moments.
        string page = await learner.PageAsync();
        Assert.Contains("1 minute more", page, StringComparison.Ordinal);
        Assert.DoesNotContain("times more", page, StringComparison.Ordinal);

        var session = await learner.LaunchAsync();
        var passed = session.Statement("passed", 1);
        await GatewayHost.OkAsync(await session.SayAsync(passed));
        var voiding = session.Statement("voided");
        voiding["object"] = new JsonObject { ["objectType"] = "StatementRef", ["id"] = (string)passed["id"]! };
        await GatewayHost.OkAsync(await session.SayAsync(voiding));
        var practice = Guid.Parse(session.Registration);
        var voided = Guid.Parse((string)passed["id"]!);
        Assert.DoesNotContain(voided, Statements.ListOfPractice(practice).Select(one => one.Id));
        voiding["id"] = Guid.NewGuid().ToString();
        voiding["object"]!["id"] = Guid.NewGuid().ToString();
        using var refused = await session.SayAsync(voiding);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Declined_IsMailedWithItsReason_AndTurnedOffNobodyPractises()
    {
        var (rule, _) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await BeginAsync(rule);
        await learner.PassAsync();
        await AskAsync(learner);
        const string reason = "Please practise it in the course.";
        var declined = await DecideAsync(await FindAsync(learner, "asked"), "refusal", new { reason });
        Assert.Equal("declined", (string?)declined["state"]);
        var mail = await mails.Server.ToldAsync(learner.Email, "not issued");
        Assert.Contains(reason, mail.TextBody, StringComparison.Ordinal);
        Assert.Contains(reason, await learner.PageAsync(), StringComparison.Ordinal);

        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/practice-rules/{rule}", Cancellation));
        using var ended = await _gateway.Anyone.GetAsync($"/practise/{rule}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, ended.StatusCode);
        var practices = _gateway.Services.GetRequiredService<Practices>();
        var id = Guid.Parse((string)declined["id"]!);
        await practices.SweepAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow - PracticeRoutine.Declined);
        Assert.NotNull(practices.Find(id));
        await practices.SweepAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Null(practices.Find(id));
    }

    [Fact]
    public async Task Rules_AndSimulators_AreCheckedWithAllTheirFaults()
    {
        using var simulator = await _gateway.PostAsync(
            "/v1/simulators",
            new { id = "Not One", name = "", activities = (List<string>)["no iri"], launch = "//evil" });
        string said = await simulator.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, simulator.StatusCode);
        foreach (string place in (string[])["/id", "/name", "/activities/0", "/launch"])
            Assert.Contains($"\"pointer\":\"{place}\"", said, StringComparison.Ordinal);
        using var rule = await _gateway.PostAsync("/v1/practice-rules", new
        {
            id = "x",
            achievement = "none-such",
            simulator = "none-such",
            title = "X",
            leastScore = 2,
            activities = new[] { new { id = "urn:x", name = "x", must = "won" } },
            issue = "never",
        });
        said = await rule.Content.ReadAsStringAsync(Cancellation);
        foreach (string place in (string[])[
            "/achievement", "/simulator", "/leastScore", "/activities/0/must", "/issue"])
            Assert.Contains($"\"pointer\":\"{place}\"", said, StringComparison.Ordinal);
    }

    private XapiStatements Statements => _gateway.Services.GetRequiredService<XapiStatements>();

    private Task<PracticeVisitor> BeginAsync(string rule, string? name = null, string? email = null) =>
        PracticeVisitor.BeginAsync(_gateway, mails.Server, rule, name, email);

    private static async Task AskAsync(PracticeVisitor learner)
    {
        using var asked = await learner.PostAsync("request");
        Assert.EndsWith("now=asked", asked.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private async Task<JsonNode> FindAsync(PracticeVisitor learner, string state)
    {
        string listed = await _gateway.Registrar.GetStringAsync($"/v1/practices?state={state}", Cancellation);
        return JsonNode.Parse(listed)!["items"]!.AsArray().Single(one =>
            (string?)one!["email"] == learner.Email && (string?)one["learner"] == learner.Name)!;
    }

    private async Task<JsonNode> DecideAsync(JsonNode practice, string decision, object body)
    {
        using var answer = await GatewayHost.OkAsync(
            await _gateway.PostAsync($"/v1/practices/{(string)practice["id"]!}/{decision}", body));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private static void Forge(JsonObject statement, string what)
    {
        switch (what)
        {
            case "actor":
                statement["actor"]!["account"]!["name"] = Guid.NewGuid().ToString();
                break;
            case "name":
                statement["actor"]!["name"] = "Aino";
                break;
            case "activity":
                statement["object"]!["id"] = PracticeVisitor.Activity + "oratory";
                break;
            case "registration":
                statement["context"]!["registration"] = Guid.NewGuid().ToString();
                break;
            case "none":
                statement.Remove("context");
                break;
            case "early":
                statement["timestamp"] = DateTimeOffset.UtcNow.AddDays(-1).ToString("O");
                break;
            case "ahead":
                statement["timestamp"] = DateTimeOffset.UtcNow.AddHours(1).ToString("O");
                break;
            case "instructor":
                statement["context"]!["instructor"] = new JsonObject { ["mbox"] = "mailto:boss@aurora.example" };
                break;
            default:
                statement["context"]!["extensions"] = new JsonObject
                {
                    ["https://w3id.org/xapi/cmi5/context/extensions/sessionid"] = Guid.NewGuid().ToString(),
                };
                break;
        }
    }
}
