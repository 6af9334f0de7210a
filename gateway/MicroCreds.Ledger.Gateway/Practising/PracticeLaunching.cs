using System.Text.Json;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>Opens a simulator for a learner, as cmi5 has it. Thread-safe.</summary>
internal sealed class PracticeLaunching(
    PracticeSessions sessions, XapiStatements statements, XapiDocuments documents, SessionRule rule,
    PublicAddress address, TimeProvider time)
{
    private const string Cmi5 = "https://w3id.org/xapi/cmi5/context/";

    /// <summary>Launches an activity.</summary>
    /// <param name="practice">Whose.</param>
    /// <param name="found">The rule that it is practised for.</param>
    /// <param name="activity">The activity.</param>
    /// <returns>Where the simulator is opened; null if it cannot be, or was too often.</returns>
    public async Task<string?> LaunchAsync(Practice practice, FoundRule found, RuleActivity activity)
    {
        if (!found.CanLaunch) return null;
        var now = time.GetUtcNow();
        var session = new PracticeSession
        {
            Id = Guid.NewGuid(),
            Practice = practice.Id,
            Simulator = found.Simulator.Id,
            Activity = activity.Id,
            CreatedAt = now,
        };
        string secret = LearnerSecret.Draw();
        if (!await sessions.AddAsync(session, secret)) return null;
        string actor = rule.ActorOf(practice.Id);
        await WriteLaunchDataAsync(session, found, activity, actor);
        await SayLaunchedAsync(session, found, activity, actor);
        string launch = found.Simulator.Launch!;
        return QueryHelpers.AddQueryString(
            launch.StartsWith('/') ? address.Url + launch : launch,
            new Dictionary<string, string?>
            {
                ["endpoint"] = address.Url + XapiAnswers.Address + "/",
                ["fetch"] = address.Url + FetchResource.Address + secret,
                ["actor"] = actor,
                ["activityId"] = activity.Id,
                ["registration"] = practice.Id.ToString(),
            });
    }

    private Task<bool> WriteLaunchDataAsync(
        PracticeSession session, FoundRule found, RuleActivity activity, string actor)
    {
        byte[] content = StatementWriting.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("contextTemplate");
            WriteContext(writer, session);
            writer.WriteString("launchMode", "Normal");
            writer.WriteString("launchMethod", "OwnWindow");
            writer.WriteString("moveOn", activity.Must == RuleActivity.Passed ? "Passed" : "CompletedOrPassed");
            if (found.Rule.LeastScore is { } score) writer.WriteNumber("masteryScore", score);
            writer.WriteEndObject();
        });
        using var agent = JsonDocument.Parse(actor);
        byte[] scope = DocumentResource.ScopeOfState(
            session.Simulator, activity.Id, agent.RootElement, session.Practice);
        return documents.WriteAsync(
            new DocumentOwner(session.Simulator, session.Practice), scope, "LMS.LaunchData",
            _ => new XapiDocument("LMS.LaunchData", "application/json", session.CreatedAt, content));
    }

    private Task<KeepResult> SayLaunchedAsync(
        PracticeSession session, FoundRule found, RuleActivity activity, string actor)
    {
        var id = Guid.NewGuid();
        var statement = StatementForm.ParseJson(StatementWriting.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("actor");
            writer.WriteRawValue(actor);
            writer.WriteStartObject("verb");
            writer.WriteString("id", "http://adlnet.gov/expapi/verbs/launched");
            writer.WriteEndObject();
            writer.WriteStartObject("object");
            writer.WriteString("id", activity.Id);
            writer.WriteEndObject();
            writer.WritePropertyName("context");
            WriteContext(writer, session);
            writer.WriteEndObject();
        }));
        string authority = StatementResource.AuthorityOf(found.Simulator, address);
        return statements.AddAsync(
            session.Simulator,
            [
                new NewStatement
                {
                    Id = id,
                    Digest = StatementWriting.DigestOf(statement),
                    Write = stored => StatementWriting.Keep(statement, id, authority, stored),
                    Terms = StatementTerms.Of(session.Simulator, statement),
                    Practice = session.Practice,
                    Session = session.Id,
                },
            ],
            session.CreatedAt);
    }

    private static void WriteContext(Utf8JsonWriter writer, PracticeSession session)
    {
        writer.WriteStartObject();
        writer.WriteString("registration", session.Practice.ToString());
        writer.WriteStartObject("contextActivities");
        writer.WriteStartArray("category");
        writer.WriteStartObject();
        writer.WriteString("id", Cmi5 + "categories/cmi5");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartObject("extensions");
        writer.WriteString(Cmi5 + "extensions/sessionid", session.Id.ToString());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
