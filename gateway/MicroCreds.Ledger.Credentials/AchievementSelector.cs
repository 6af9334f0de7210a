using System.Globalization;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials;

/// <summary>How a request names an achievement: <c>id</c> for the newest version, or <c>id@version</c>.</summary>
/// <param name="Id">The achievement's identifier.</param>
/// <param name="Version">The version; none asks for the newest.</param>
public sealed partial record AchievementSelector(string Id, int? Version)
{
    /// <summary>Reads the form of a request.</summary>
    public static bool TryParse(string? text, out AchievementSelector? selector)
    {
        selector = null;
        if (text is null || Form().Match(text) is not { Success: true } match) return false;

        int? version = match.Groups[2].Success
            ? int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
        selector = new AchievementSelector(match.Groups[1].Value, version);
        return true;
    }

    [GeneratedRegex(@"\A([a-z0-9][a-z0-9-]{0,63})(?:@([1-9][0-9]{0,5}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
