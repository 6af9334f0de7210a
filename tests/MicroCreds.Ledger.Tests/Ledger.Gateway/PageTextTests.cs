using System.Reflection;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed partial class PageTextTests
{
    [Fact]
    public void Texts_OfAllLanguages_HaveTheSameKeysAndPlaceholders()
    {
        var first = PageText.In(PageText.Languages[0]);
        foreach (string language in PageText.Languages.Skip(1))
        {
            var other = PageText.In(language);
            Assert.Equal(language, other.Language);
            Assert.Equal(first.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
            foreach (string key in first.Keys)
            {
                Assert.False(string.IsNullOrWhiteSpace(other[key]), $"{language}: {key} is blank.");
                Assert.Equal(Placeholders(first[key]), Placeholders(other[key]));
            }
        }
    }

    [Theory]
    [InlineData("de", "Ledger")]
    [InlineData("de", "Lernpfad")]
    [InlineData("de", "Gateway")]
    [InlineData("de", "Schreibtisch")]
    [InlineData("en", "recognise")]
    public void Texts_HaveOneWordForAThing(string language, string other)
    {
        var text = PageText.In(language);
        Assert.DoesNotContain(
            text.Keys, key => text[key].Contains(other, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Texts_SayEveryCodeOfAVerdict_AndOfAnAchievement()
    {
        var text = PageText.In("de");
        var codes = typeof(CheckCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => "code." + (string)field.GetValue(null)!);
        var names = typeof(CheckNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => "check." + (string)field.GetValue(null)!);
        string[] listed =
        [
            .. AchievementCodes.Participations.Select(code => "participation." + code),
            .. AchievementCodes.Supervisions.Select(code => "supervision." + code),
            .. AchievementCodes.Stackabilities.Select(code => "stackability." + code),
            .. AchievementCodes.QfEheaCycles.Select(code => "cycle." + code),
        ];
        Assert.Empty(codes.Concat(names).Concat(listed).Except(text.Keys));
    }

    [Theory]
    [InlineData("", null, "en")]
    [InlineData("de", null, "de")]
    [InlineData("de-AT,en;q=0.5", null, "de")]
    [InlineData("en-GB,de;q=0.9", null, "en")]
    [InlineData("fi,sv;q=0.8,de;q=0.2", null, "de")]
    [InlineData("fi", null, "en")]
    [InlineData("de;q=0", null, "en")]
    [InlineData("de", "en", "en")]
    [InlineData("en", "xx", "en")]
    [InlineData("*", null, "en")]
    public void Language_IsWhatIsSwitchedTo_OrWhatTheBrowserAsksFor(string accepted, string? chosen, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = accepted;
        Assert.Equal(expected, PageText.Of(context.Request, chosen).Language);
    }

    [Fact]
    public void Dates_AndNumbers_AreWrittenAsTheLanguageDoes()
    {
        var time = new DateTimeOffset(2026, 3, 1, 1, 5, 0, TimeSpan.FromHours(2));
        Assert.Equal("28 February 2026, 23:05 UTC", PageText.In("en").Time(time));
        Assert.Equal("28. Februar 2026, 23:05 Uhr (UTC)", PageText.In("de").Time(time));
        Assert.Equal("2,5", PageText.In("de").Number(2.5));
    }

    [Theory]
    [InlineData("en", 1, "1 course, 1 ECTS credit, 1 hour")]
    [InlineData("en", 0, "0 courses, 0 ECTS credits, 0 hours")]
    [InlineData("de", 1, "1 Kurs, 1 ECTS-Leistungspunkt, 1 Stunde")]
    [InlineData("de", 21, "21 Kurse, 21 ECTS-Leistungspunkte, 21 Stunden")]
    public void Fill_One_IsSaidOfOne(string language, int number, string said)
    {
        var text = PageText.In(language);
        string value = text.Whole(number);
        Assert.Equal(said, text.Fill("plan.sum", ("count", value), ("credits", value), ("hours", value)));
    }

    /// <summary>What must be chosen by a number is chosen: no bar is left in what is said.</summary>
    [Fact]
    public void Fill_EveryForm_IsOfAPlaceholderOfTheSameText()
    {
        foreach (var text in PageText.Languages.Select(PageText.In))
        {
            foreach (string key in text.Keys.Where(key => text[key].Contains('|', StringComparison.Ordinal)))
            {
                var facts = Placeholders(text[key]).ToDictionary(name => name, _ => "1");
                Assert.DoesNotContain("|", text.TryFill(key, facts), StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<string> Placeholders(string text) =>
        Placeholder().Matches(text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{([A-Za-z]+)(?:\|[^|{}]+\|[^|{}]+)?\}")]
    private static partial Regex Placeholder();
}
