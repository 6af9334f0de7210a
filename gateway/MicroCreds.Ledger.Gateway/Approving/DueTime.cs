using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>The day and hour at which something is to be issued, where people read their clocks.</summary>
/// <param name="Text">As it was asked for, such as <c>2026-12-18T10:00 Europe/Berlin</c>.</param>
/// <param name="At">The moment that it is.</param>
public sealed record DueTime(string Text, DateTimeOffset At)
{
    /// <summary>How far ahead something may be planned.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(2 * 366);

    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    /// <summary>Reads a day and hour, and adds what is wrong with it.</summary>
    /// <param name="text">The day and hour, with its distance from UTC or without.</param>
    /// <param name="zone">The time zone by its IANA name, where the text does not say its distance from UTC.</param>
    /// <param name="now">The time: what is planned lies ahead.</param>
    /// <exception cref="ProblemException">It cannot be read, does not exist in the zone, or is past.</exception>
    public static DueTime Read(string text, string zone, DateTimeOffset now)
    {
        var due = Parse(text, zone);
        return due.At <= now
            ? throw ProblemException.Invalid(
                "issueAt", $"{due.Text} is past. Name a moment to come, or leave it out to issue now.")
            : due.At > now + Furthest
                ? throw ProblemException.Invalid("issueAt", $"{due.Text} is more than two years ahead.")
                : due;
    }

    private static DueTime Parse(string text, string zone)
    {
        if (DateTime.TryParseExact(
                text, LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            {
                throw ProblemException.Invalid(
                    "timeZone", $"\"{zone}\" is no time zone: take its IANA name, such as Europe/Berlin.");
            }

            if (found.IsInvalidTime(local))
            {
                throw ProblemException.Invalid(
                    "issueAt", $"{text} does not exist in {zone}: clocks go forward over it. Take another hour.");
            }

            // Of an hour that comes twice the first is meant: its distance from UTC is the greater one.
            var offset = found.IsAmbiguousTime(local)
                ? found.GetAmbiguousTimeOffsets(local).Max() : found.GetUtcOffset(local);
            return new DueTime($"{text} {zone}", new DateTimeOffset(local, offset).ToUniversalTime());
        }

        bool saysDistance = text.Contains('T', StringComparison.Ordinal)
            && (text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-'));
        return saysDistance && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? new DueTime(text, at.ToUniversalTime())
            : throw ProblemException.Invalid(
                "issueAt", "must be a day and hour: 2026-12-18T10:00 with a timeZone, or 2026-12-18T10:00:00+01:00.");
    }
}
