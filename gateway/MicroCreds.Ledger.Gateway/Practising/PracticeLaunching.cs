using System.Globalization;
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
    private const string Normal = "Normal";

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
        string actor = rule.ActorOf(practice.Id);
        var before = sessions.List(practice.Id);
        if (!await sessions.AddAsync(session, secret)) return null;
        await AbandonAsync([.. before.Where(one => one.EndedAt is null)], found, actor, now);
        string launch = found.Simulator.Launch!;
        string url = launch.StartsWith('/') ? address.Url + launch : launch;
        await WriteLaunchDataAsync(session, found, activity, actor);
        await SayAsync(session, found, Cmi5Terms.Launched, actor, now, WriteLaunch);
        return QueryHelpers.AddQueryString(
            url,
            new Dictionary<string, string?>
            {
                ["endpoint"] = address.Url + XapiAnswers.Address + "/",
                ["fetch"] = address.Url + FetchResource.Address + secret,
                ["actor"] = actor,
                ["activityId"] = activity.Id,
                ["registration"] = practice.Id.ToString(),
            });

        void WriteLaunch(Utf8JsonWriter writer)
        {
            writer.WriteString(Cmi5Terms.LaunchMode, Normal);
            writer.WriteString(Cmi5Terms.LaunchUrl, url);
            writer.WriteString(Cmi5Terms.MoveOn, MoveOnOf(activity));
            if (found.Rule.LeastScore is { } score) writer.WriteNumber(Cmi5Terms.MasteryScore, score);
        }
    }

    /// <summary>Ends what was launched before and nobody ended: a registration has one session (cmi5, 9.3.6).</summary>
    private async Task AbandonAsync(
        IReadOnlyList<PracticeSession> left, FoundRule found, string actor, DateTimeOffset now)
    {
        if (left.Count == 0) return;
        var said = statements.ListOfPractice(left[0].Practice).ToLookup(one => one.Session);
        foreach (var session in left)
        {
            var last = said[session.Id].Select(one => one.StoredAt).DefaultIfEmpty(session.CreatedAt).Max();
            await SayAsync(
                session, found, Cmi5Terms.Abandoned, actor, now, took: last > session.CreatedAt
                    ? last - session.CreatedAt : TimeSpan.Zero);
        }
    }

    private static string MoveOnOf(RuleActivity activity) =>
        activity.Must == RuleActivity.Passed ? "Passed" : "CompletedOrPassed";

    private Task<bool> WriteLaunchDataAsync(
        PracticeSession session, FoundRule found, RuleActivity activity, string actor)
    {
        byte[] content = StatementWriting.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("contextTemplate");
            WriteContext(writer, session);
            writer.WriteString("launchMode", Normal);
            writer.WriteString("launchMethod", "OwnWindow");
            writer.WriteString("moveOn", MoveOnOf(activity));
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

    /// <summary>Says something of a session, as the one that launched it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="found">The rule that it is practised for.</param>
    /// <param name="verb">What is said.</param>
    /// <param name="actor">Of whom, as JSON.</param>
    /// <param name="now">When.</param>
    /// <param name="extend">Writes what else the context has. Default is nothing.</param>
    /// <param name="took">How long it took, of a session that is over by this. Default is that it is not.</param>
    private Task<KeepResult> SayAsync(
        PracticeSession session, FoundRule found, string verb, string actor, DateTimeOffset now,
        Action<Utf8JsonWriter>? extend = null, TimeSpan? took = null)
    {
        var id = Guid.NewGuid();
        var statement = StatementForm.ParseJson(StatementWriting.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("actor");
            writer.WriteRawValue(actor);
            writer.WriteStartObject("verb");
            writer.WriteString("id", verb);
            writer.WriteEndObject();
            writer.WriteStartObject("object");
            writer.WriteString("id", session.Activity);
            writer.WriteEndObject();
            if (took is { } time)
            {
                writer.WriteStartObject("result");
                writer.WriteString(
                    "duration", string.Create(CultureInfo.InvariantCulture, $"PT{time.TotalSeconds:0.##}S"));
                writer.WriteEndObject();
            }

            writer.WritePropertyName("context");
            WriteContext(writer, session, extend);
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
                    IsEnd = took is not null,
                },
            ],
            now);
    }

    private static void WriteContext(
        Utf8JsonWriter writer, PracticeSession session, Action<Utf8JsonWriter>? extend = null)
    {
        writer.WriteStartObject();
        writer.WriteString("registration", session.Practice.ToString());
        writer.WriteStartObject("contextActivities");
        WriteActivities(writer, "category", Cmi5Terms.Category);

        // Under which name it was published (cmi5, 9.6.2.3): here, the one that it is launched by.
        WriteActivities(writer, "grouping", session.Activity);
        writer.WriteEndObject();
        writer.WriteStartObject("extensions");
        writer.WriteString(Cmi5Terms.Session, session.Id.ToString());
        extend?.Invoke(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteActivities(Utf8JsonWriter writer, string name, string activity)
    {
        writer.WriteStartArray(name);
        writer.WriteStartObject();
        writer.WriteString("id", activity);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
