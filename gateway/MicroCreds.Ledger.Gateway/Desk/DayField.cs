using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Days as the forms of the desk have them: <c>2026-11-28</c>, in UTC.</summary>
internal static class DayField
{
    private const string Form = "yyyy-MM-dd";

    /// <summary>Reads a day as its first moment; none if nothing was entered.</summary>
    /// <exception cref="ProblemException">It is no day.</exception>
    public static DateTimeOffset? Read(string? text, string place) => TryRead(text, isEnd: false, out var day)
        ? day : throw ProblemException.Invalid(place, "must be a day, written as year-month-day.");

    /// <summary>Reads a day; nothing that was entered is no day, and no fault.</summary>
    /// <param name="text">What was entered.</param>
    /// <param name="isEnd">Whether the day's last second is meant.</param>
    /// <param name="day">The moment.</param>
    public static bool TryRead(string? text, bool isEnd, out DateTimeOffset? day)
    {
        day = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        if (!DateOnly.TryParseExact(
            text.Trim(), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read))
            return false;
        day = new DateTimeOffset(read, isEnd ? new TimeOnly(23, 59, 59) : TimeOnly.MinValue, TimeSpan.Zero);
        return true;
    }

    /// <summary>Writes the day of a moment.</summary>
    public static string Write(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture) ?? "";
}
