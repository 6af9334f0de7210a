using System.Text.Json;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>
/// What a simulator may say of whom: in a session that is not over, of its learner, by that learner's account, about
/// the activities it is registered for, and in time. Thread-safe.
/// </summary>
internal sealed class SessionRule(
    PracticeSessions sessions, Practices practices, PublicAddress address, TimeProvider time)
{
    /// <summary>How long a session may last.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(4);

    /// <summary>How far a simulator's clock may be off.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The learner of a practice as simulators know it: by an account that tells nothing.</summary>
    public string ActorOf(Guid practice) => JsonSerializer.Serialize(new
    {
        objectType = "Agent",
        account = new { homePage = address.Url, name = practice.ToString() },
    });

    /// <summary>Finds the session that a statement belongs to.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="statement">The statement, which is what one must be.</param>
    /// <param name="path">Where it stands in the request.</param>
    /// <returns>The session; null of a simulator that is only tried.</returns>
    /// <exception cref="ProblemException">It is not this simulator's to make, or not any more.</exception>
    public PracticeSession? Bind(XapiCaller caller, JsonElement statement, string path)
    {
        if (caller.Simulator.IsTrial) return null;
        var now = time.GetUtcNow();
        var session = FindSession(caller, statement, path, now);
        RequireTime(statement, session, now, path);
        RequireActor(statement.GetProperty("actor"), session, path + "/actor");
        RequireThing(caller.Simulator, statement.GetProperty("object"), path + "/object");
        if (statement.TryGetProperty("context", out var context)) RequireContext(context, session, path + "/context");
        return session;
    }

    /// <summary>Whether an activity is one that a simulator may speak of.</summary>
    public static bool Covers(Simulator simulator, string activity) => simulator.Activities.Any(own =>
        activity == own || activity.StartsWith(own + "/", StringComparison.Ordinal)
        || activity.StartsWith(own + "#", StringComparison.Ordinal));

    private PracticeSession FindSession(
        XapiCaller caller, JsonElement statement, string path, DateTimeOffset now)
    {
        string place = path + "/context/registration";
        if (!statement.TryGetProperty("context", out var context)
            || !context.TryGetProperty("registration", out var given)
            || !XapiValues.IsUuid(given.GetString(), out var registration))
            throw Refused(place, "is missing: it is the registration that the launch gave.");
        if (caller.Session is { } own && own.Practice != registration)
            throw Refused(place, "is another than this session's.");
        var session = caller.Session ?? (practices.Find(registration) is null ? null
            : Choose(
                [.. sessions.List(registration).Where(one => one.Simulator == caller.Simulator.Id)], context, now));
        if (session is null) throw Refused(place, "is none that this simulator was launched with.");
        if (!IsOpen(session, now))
            throw Refused(path, "comes after its session was over: launch the activity again.");
        return session;
    }

    /// <summary>The session that a statement names; else the newest that is not over, or the newest of all.</summary>
    private static PracticeSession? Choose(List<PracticeSession> own, JsonElement context, DateTimeOffset now) =>
        own.Find(one => one.Id.ToString() == SessionNamedIn(context)) ?? own.Find(one => IsOpen(one, now))
            ?? own.FirstOrDefault();

    private static bool IsOpen(PracticeSession session, DateTimeOffset now) =>
        session.EndedAt is null && now - session.CreatedAt < Lifetime;

    /// <summary>What a statement names as its session; null if nothing.</summary>
    private static string? SessionNamedIn(JsonElement context) =>
        context.TryGetProperty("extensions", out var extensions)
        && extensions.TryGetProperty(Cmi5Terms.Session, out var said) ? XapiValues.TextOf(said) ?? "" : null;

    private static void RequireTime(
        JsonElement statement, PracticeSession session, DateTimeOffset now, string path)
    {
        if (!statement.TryGetProperty("timestamp", out var given)
            || !XapiValues.IsMoment(given.GetString(), out var at))
            return;
        if (at < session.CreatedAt - Skew || at > now + Skew)
        {
            throw Refused(
                path + "/timestamp",
                "is not of this session: it lies before the launch, or ahead of the clock here.");
        }
    }

    private void RequireActor(JsonElement actor, PracticeSession session, string path)
    {
        using var own = JsonDocument.Parse(ActorOf(session.Practice));
        if (StatementTerms.IdentifierOf(actor) != StatementTerms.IdentifierOf(own.RootElement)
            || ActorRules.IsGroup(actor))
            throw Refused(path, "is not the learner of this session: send the actor that the launch gave.");
        if (actor.TryGetProperty("name", out _))
            throw Refused(path + "/name", "would name the learner: leave it out.");
    }

    private static void RequireThing(Simulator simulator, JsonElement thing, string path)
    {
        string kind = StatementRules.KindOf(thing);
        if (kind == "StatementRef") return;
        if (kind != "Activity" || !Covers(simulator, thing.GetProperty("id").GetString()!))
            throw Refused(path, "is none of the activities that this simulator is registered for.");
    }

    private static void RequireContext(JsonElement context, PracticeSession session, string path)
    {
        foreach (string name in (string[])["instructor", "team"])
        {
            if (context.TryGetProperty(name, out _))
                throw Refused($"{path}/{name}", "would speak of other people, who have not agreed to it.");
        }

        if (SessionNamedIn(context) is { } id && id != session.Id.ToString())
            throw Refused(path + "/extensions", "names another session.");
    }

    private static ProblemException Refused(string place, string reason) => new(
        ProblemKind.StatementRefused,
        $"{(place.Length == 0 ? "The statement" : place)} {reason} Nothing was kept.",
        [new FieldFault(place, reason)]);
}
