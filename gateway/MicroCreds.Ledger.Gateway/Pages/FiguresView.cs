using System.Globalization;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>How much the institution issued, suspended and revoked: in all, by month and by achievement.</summary>
internal sealed class FiguresView(PageText text, Survey survey, ClauseText clauses)
{
    private static readonly string[] Counted = ["issued", "suspended", "reinstated", "revoked"];

    public Html Render() => $"""
        <section class="panel" id="figures" aria-labelledby="figures-title">
        <h2 id="figures-title">{text["registrar.figures"]}</h2>
        <p class="hint">{text["registrar.figuresHint"]}</p>
        <dl class="totals">{Counted.Zip(Numbers(survey.Totals)).Select(one => Total(one.First, one.Second))}</dl>
        {(survey.ByMonth.Count == 0 ? Html.None : Months())}
        {(survey.ByAchievement.Count == 0 ? Html.None : Achievements())}
        </section>
        """;

    private static long[] Numbers(IssuingCounts counts) =>
        [counts.Issued, counts.Suspended, counts.Reinstated, counts.Revoked];

    private Html Total(string name, long number) => $"""
        <div><dt>{text[$"figures.{name}"]}</dt><dd>{text.Whole(number)}</dd></div>
        """;

    private Html Months()
    {
        long most = survey.ByMonth.Max(month => month.Counts.Issued);
        var table = Table("registrar.byMonth", "registrar.month");
        return table.Render(survey.ByMonth.Select(
            month => Line(table, $"{text.Month(month.Month!)}{Bar(month, most)}", month)));
    }

    private Html Achievements()
    {
        var shown = survey.ByAchievement.Take(InstitutionSurvey.MaxAchievements);
        var table = Table("registrar.byAchievement", "registrar.achievement");
        Html more = survey.ByAchievement.Count <= InstitutionSurvey.MaxAchievements ? Html.None : $"""
            <p><a href="/v1/statistics">{text.Fill(
                "registrar.moreAchievements", ("count", text.Number(InstitutionSurvey.MaxAchievements)))}</a></p>
            """;
        return $"{table.Render(shown.Select(one => Line(table, NameOf(one), one)))}{more}";
    }

    private StackedTable Table(string caption, string first) =>
        new([text[first], .. Counted.Select(name => text[$"figures.{name}"])])
        {
            Caption = text[caption],
            HasNumbers = true,
        };

    private Html Line(StackedTable table, Html name, IssuingCount count) =>
        table.Row(name, Numbers(count.Counts).Select(Html (number) => $"{text.Whole(number)}"));

    private Html NameOf(IssuingCount one) => one.Achievement is { } id
        ? $"<bdi>{clauses.TitleOf(survey.MspId, id)}</bdi>"
        : (Html)$"{text["registrar.several"]}";

    private static Html Bar(IssuingCount month, long most)
    {
        if (most == 0) return Html.None;
        string width = (100.0 * month.Counts.Issued / most).ToString("0.##", CultureInfo.InvariantCulture);
        return $"""
            <svg class="bar-chart part" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="4"/><rect class="fill" width="{width}" height="4"/>
            </svg>
            """;
    }
}
