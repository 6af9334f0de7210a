using System.Globalization;
using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>How practice is told.</summary>
internal static class PracticeWords
{
    /// <summary>A share, such as a score or the least one: as a percentage.</summary>
    public static string Percent(PageText text, double? share) => share is { } known
        ? text.Fill("practice.percent", ("number", text.Number(Math.Round(known * 100, 1)))) : "–";

    /// <summary>A time in minutes and seconds.</summary>
    public static string Time(PageText text, long seconds) => text.Fill(
        "practice.time", ("minutes", text.Whole(seconds / 60)),
        ("seconds", (seconds % 60).ToString("00", CultureInfo.InvariantCulture)));

    /// <summary>What stands on the credential.</summary>
    public static string Describe(PageText text, PracticeEvidence evidence) => text.Fill(
        "practice.evidence.said",
        ("simulator", evidence.Simulator),
        ("activities", string.Join(", ", evidence.Activities.Select(one => one.Name))),
        ("attempts", text.Whole(evidence.Attempts)), ("time", Time(text, evidence.Seconds)),
        ("score", Percent(text, evidence.Score)), ("digest", evidence.Sha256));

    /// <summary>What is missing for a rule.</summary>
    public static string Missing(PageText text, PracticeRule rule, PracticeRecord record, string what) => text.Fill(
        $"practice.missing.{what}",
        ("activities", string.Join(
            ", ", record.Activities.Where(one => !one.IsDone).Select(one => one.Name))),
        ("score", Percent(text, rule.LeastScore ?? 0)),
        ("attempts", text.Whole((rule.LeastAttempts ?? 1) - record.Attempts.Count)),
        ("minutes", text.Whole((rule.LeastMinutes ?? 0) - record.Seconds / 60)));
}
