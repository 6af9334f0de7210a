using System.Text.Json;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What a learner has practised for a rule, and what is missing, out of the statements alone.</summary>
public sealed record PracticeRecord
{
    private const string Verbs = "http://adlnet.gov/expapi/verbs/";

    /// <summary>The sessions in which something came of it, the oldest first.</summary>
    public required IReadOnlyList<Attempt> Attempts { get; init; }

    /// <summary>The activities of the rule, in its order.</summary>
    public required IReadOnlyList<PractisedActivity> Activities { get; init; }

    /// <summary>The time that was practised, in seconds.</summary>
    public required long Seconds { get; init; }

    /// <summary>What is missing, as keys of the texts below <c>practice.missing</c>; nothing if the rule is met.
    /// </summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The best scaled score.</summary>
    public double? BestScore => Attempts.Max(one => one.Score);

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
            && (one.Verb == Verbs + "passed"
                || (one.Verb == Verbs + "completed" && activity.Must == RuleActivity.Completed))).ToList();
        double? best = said.Where(one => one.About == activity.Id && IsOutcome(one)).Max(one => one.Score);
        bool isDone = done.Exists(one => rule.LeastScore is not { } least || one.Score >= least);
        return new PractisedActivity(activity.Id, activity.Name, activity.Must, isDone, best);
    }

    private static Attempt? AttemptOf(PracticeRule rule, PracticeSession session, List<Said> said)
    {
        var outcomes = said.Where(one => IsOutcome(one) && rule.Activities.Any(own => own.Id == one.About)).ToList();
        if (outcomes.Count == 0) return null;

        // What a simulator claims is no longer than the clock here says.
        var passed = said[^1].StoredAt - session.CreatedAt;
        var claimed = said.Max(one => one.Duration) ?? passed;
        var time = claimed < passed ? claimed : passed;
        string outcome = outcomes.Exists(one => one.Verb == Verbs + "passed") ? "passed"
            : outcomes.Exists(one => one.Verb == Verbs + "failed") ? "failed" : "completed";
        return new Attempt(
            session.CreatedAt, session.Activity, outcome, Math.Max(0, (long)time.TotalSeconds),
            outcomes.Max(one => one.Score));
    }

    private static bool IsOutcome(Said one) =>
        one.Verb is Verbs + "passed" or Verbs + "failed" or Verbs + "completed";

    /// <summary>What a statement says that counts.</summary>
    private sealed record Said(
        string Verb, string? About, Guid? Session, DateTimeOffset StoredAt, double? Score, TimeSpan? Duration,
        bool Succeeded)
    {
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
