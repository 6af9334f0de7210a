using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>The option that says how old what the ledger said may be.</summary>
internal static class AgeOption
{
    /// <summary>The longest that is taken, in days: a hundred years.</summary>
    private const int MostDays = 36_500;

    public static Option<TimeSpan?> Create() => new("--max-age")
    {
        Description = "How old what the ledger said may be in a bundle or proof: minutes, hours or days, such as 5m, "
            + "12h or 3d; a number alone is days. Default is no limit.",
        HelpName = "age",
        CustomParser = Parse,
    };

    private static TimeSpan? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        char unit = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? text[^1] : 'd';
        string digits = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? text[..^1] : text;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            TimeSpan? age = unit switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(Math.Min(count, MostDays + 1)),
                _ => null,
            };
            if (age <= TimeSpan.FromDays(MostDays)) return age;
        }

        result.AddError(
            $"--max-age is \"{text}\": it must be a whole number that is not negative, with m, h or d behind it for "
            + "minutes, hours or days, such as 5m, 12h or 3d; a number alone is days.");
        return null;
    }
}
