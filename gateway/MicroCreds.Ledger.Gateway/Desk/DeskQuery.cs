using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// What a page of the desk is asked for by its address. What cannot be read is said: another list than the one that was
/// asked for would be taken for it.
/// </summary>
internal static class DeskQuery
{
    /// <summary>Reads a text; none if it is not there or empty.</summary>
    public static string? TextOf(HttpContext context, string name) =>
        context.Request.Query[name].LastOrDefault() is { Length: > 0 } text ? text : null;

    /// <summary>Reads one word of several; none if it is not there.</summary>
    /// <exception cref="ProblemException">It is another word.</exception>
    public static string? WordOf(HttpContext context, string name, IReadOnlyCollection<string> words) =>
        TextOf(context, name) is not { } word ? null
        : words.Contains(word) ? word
        : throw ProblemException.Invalid(name, $"must be one of {string.Join(", ", words)}.");

    /// <summary>Reads how many were shown before; zero if it is not there.</summary>
    /// <exception cref="ProblemException">It is no number.</exception>
    public static int SkippedOf(HttpContext context, string name) =>
        TextOf(context, name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int skipped) ? skipped
        : throw NoPlace(name);

    /// <summary>Reads behind which of the things that are there a page begins; none if with the first.</summary>
    /// <exception cref="ProblemException">There is no such thing.</exception>
    public static string? PlaceOf(HttpContext context, string name, Func<string, bool> isThere) =>
        TextOf(context, name) is not { } place ? null : isThere(place) ? place : throw NoPlace(name);

    /// <summary>Reads which achievement is meant; none if it is not there.</summary>
    /// <exception cref="ProblemException">It is none that something is issued for.</exception>
    public static string? AchievementOf(HttpContext context, OwnAchievements achievements) =>
        TextOf(context, "achievement") is not { } id ? null
        : achievements.List().Any(one => one.Id == id) ? id
        : throw ProblemException.Invalid("achievement", "is none of the achievements that are offered here.");

    private static ProblemException NoPlace(string name) =>
        ProblemException.Invalid(name, "must be what the link to the next page says.");
}
