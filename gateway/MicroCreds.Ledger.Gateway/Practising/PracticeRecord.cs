using System.Text.Json;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What a learner has practised for a rule, and what is missing, out of the statements alone.</summary>
public sealed record PracticeRecord
{
    private const string Passed = "passed";
    private const string Failed = "failed";
    private const string Completed = "completed";

    // Whichever comes first is what an attempt is called by.
    private static readonly string[] Outcomes = [Passed, Failed, Completed];

    /// <summary>The sessions in which something came of it, the oldest first.</summary>
    public required IReadOnlyList<Attempt> Attempts { get; init; }

    /// <summary>The activities of the rule, in its order.</summary>
    public required IReadOnlyList<PractisedActivity> Activities { get; init; }

    /// <summary>The time that was practised, in seconds.</summary>
    public required long Seconds { get; init; }

    /// <summary>What is missing, as keys of the texts below <c>practice.missing</c>; nothing if the rule is met.
    /// </summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The best scaled score of an attempt that was not failed.</summary>
    public double? BestScore => Attempts.Where(one => one.Outcome != Failed).Max(one => one.Score);

    /// <summary>Reckons.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="sessions">The launches.</param>
    /// <param name="statements">What was said, the oldest first.</param>
    public static PracticeRecord Of(
        PracticeRule rule, IEnumerable<PracticeSession> sessions, IReadOnlyList<KeptStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var said = statements.Select(Said.Of).ToList();
        var attempts = sessions.OrderBy(one => one.CreatedAt)
            .Select(session => AttemptOf(rule, session, [.. said.Where(one => one.Session == session.Id)]))
            .OfType<Attempt>().ToList();
        var activities = rule.Activities.Select(one => ActivityOf(rule, one, said)).ToList();
        long seconds = SecondsOf(attempts);
        var missing = new List<string>();
        if (activities.Exists(one => !one.IsDone)) missing.Add("activities");
        if (attempts.Count < (rule.LeastAttempts ?? 1)) missing.Add("attempts");
        if (seconds < (rule.LeastMinutes ?? 0) * 60L) missing.Add("minutes");
        return new PracticeRecord
        {
            Attempts = attempts,
            Activities = activities,
            Seconds = seconds,
            Missing = missing,
        };
    }

    /// <summary>What was practised at the same time counts once.</summary>
    private static long SecondsOf(IEnumerable<Attempt> attempts)
    {
        var (seconds, until) = (0.0, DateTimeOffset.MinValue);
        foreach (var one in attempts)
        {
            var end = one.At.AddSeconds(one.Seconds);
            var begin = one.At > until ? one.At : until;
            if (end > begin) (seconds, until) = (seconds + (end - begin).TotalSeconds, end);
        }

        return (long)seconds;
    }

    private static PractisedActivity ActivityOf(PracticeRule rule, RuleActivity activity, List<Said> said)
    {
        var done = said.Where(one => one.About == activity.Id && one.Succeeded
            && (one.Outcome == Passed || (one.Outcome == Completed && activity.Must == RuleActivity.Completed)))
            .ToList();
        bool isDone = done.Exists(one => rule.LeastScore is not { } least || one.Score >= least);
        return new PractisedActivity(activity.Id, activity.Name, activity.Must, isDone, done.Max(one => one.Score));
    }

    private static Attempt? AttemptOf(PracticeRule rule, PracticeSession session, List<Said> said)
    {
        // What the gateway says of a session that nobody ended is nothing of what was practised in it.
        said = said.FindAll(one => one.Verb != Cmi5Terms.Abandoned);
        var outcomes = said.Where(one => one.Outcome is not null && rule.Activities.Any(own => own.Id == one.About))
            .ToList();
        if (outcomes.Count == 0) return null;

        // What a simulator claims is no longer than the clock here says.
        var passed = said[^1].StoredAt - session.CreatedAt;
        var claimed = said.Max(one => one.Duration) ?? passed;
        var time = claimed < passed ? claimed : passed;
        string outcome = Outcomes.First(kind => outcomes.Exists(one => one.Outcome == kind));
        return new Attempt(
            session.CreatedAt, session.Activity, outcome, Math.Max(0, (long)time.TotalSeconds),
            outcomes.Where(one => one.Outcome == outcome).Max(one => one.Score));
    }

    /// <summary>What a statement says that counts.</summary>
    private sealed record Said(
        string Verb, string? About, Guid? Session, DateTimeOffset StoredAt, double? Score, TimeSpan? Duration,
        bool Succeeded)
    {
        /// <summary>What it says came of it; null if nothing, or if it contradicts itself.</summary>
        public string? Outcome { get; } = Verb switch
        {
            Cmi5Terms.Passed when Succeeded => PracticeRecord.Passed,
            Cmi5Terms.Failed => PracticeRecord.Failed,
            Cmi5Terms.Completed => PracticeRecord.Completed,
            _ => null,
        };

        public static Said Of(KeptStatement kept)
        {
            using var json = JsonDocument.Parse(kept.Content);
            var statement = json.RootElement;
            var thing = statement.GetProperty("object");
            bool hasResult = statement.TryGetProperty("result", out var result);
            double? score = hasResult && result.TryGetProperty("score", out var scores)
                && scores.TryGetProperty("scaled", out var scaled) ? scaled.GetDouble() : null;
            var duration = hasResult && result.TryGetProperty("duration", out var length)
                ? XapiValues.LengthOf(length.GetString()) : null;
            bool isFailure = hasResult && result.TryGetProperty("success", out var success)
                && success.ValueKind == JsonValueKind.False;
            return new Said(
                statement.GetProperty("verb").GetProperty("id").GetString()!,
                StatementRules.KindOf(thing) == "Activity" ? thing.GetProperty("id").GetString() : null,
                kept.Session, kept.StoredAt, score, duration, !isFailure);
        }
    }
}

/// <summary>One session in which something came of it.</summary>
/// <param name="At">When it was launched.</param>
/// <param name="Activity">The activity that was launched.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c> or <c>completed</c>.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Score">The best scaled score; none if none was given.</param>
public sealed record Attempt(DateTimeOffset At, string Activity, string Outcome, long Seconds, double? Score);

/// <summary>An activity of a rule, and how far it is.</summary>
/// <param name="Id">Its IRI.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Must">Whether it has to be passed or completed.</param>
/// <param name="IsDone">Whether it is, with the score that is asked for.</param>
/// <param name="Score">The best scaled score; none if none was given.</param>
public sealed record PractisedActivity(string Id, string Name, string Must, bool IsDone, double? Score);
