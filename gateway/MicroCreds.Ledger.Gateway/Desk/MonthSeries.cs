using System.Globalization;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Something that is counted by month.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Tone">The class of its bars.</param>
/// <param name="At">How many in a month, such as <c>2026-11</c>.</param>
public sealed record MonthSeries(string Name, string Tone, Func<string, long> At)
{
    /// <summary>How many months are shown.</summary>
    public const int MonthsShown = 12;

    /// <summary>The last months until a moment, the oldest first.</summary>
    public static IReadOnlyList<string> MonthsUntil(DateTimeOffset now)
    {
        var first = new DateTime(now.UtcDateTime.Year, now.UtcDateTime.Month, 1).AddMonths(1 - MonthsShown);
        return
        [
            .. Enumerable.Range(0, MonthsShown)
                .Select(i => first.AddMonths(i).ToString("yyyy-MM", CultureInfo.InvariantCulture)),
        ];
    }
}
