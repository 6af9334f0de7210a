using System.Globalization;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The main part of the institution's page.</summary>
/// <param name="text">The language.</param>
/// <param name="survey">What there is.</param>
/// <param name="records">What clauses refer to.</param>
/// <param name="registrar">The registrar who is signed in, if one is.</param>
internal sealed class RegistrarView(PageText text, Survey survey, ProjectedRecords records, string? registrar)
{
    private static readonly (string Id, string Text)[] Sections =
    [
        ("waiting", "registrar.waiting"), ("matrix", "registrar.matrix"),
        ("accreditation", "registrar.accreditation"), ("figures", "registrar.figures"),
    ];

    /// <param name="notice">What became of an answer.</param>
    /// <param name="opened">The agreement whose form is open, since its answer was not taken.</param>
    public Html Render(Html notice, string? opened = null)
    {
        var clauses = new ClauseText(text, survey, records);
        return $"""
            <h1>{text["registrar.title"]}</h1>
            {notice}
            <p class="lead">{text.Fill("registrar.lead", ("institution", survey.NameOf(survey.MspId)))} {AsOf()}</p>
            <nav class="contents" aria-label="{text["registrar.contents"]}"><ul>{Sections.Select(Link)}</ul></nav>
            {new WaitingView(text, survey, clauses, opened, registrar).Render()}
            {new MatrixView(text, survey, clauses).Render()}
            {new AccreditedView(text, survey, clauses).Render()}
            {new FiguresView(text, survey, clauses).Render()}
            {(registrar is null ? Html.None : WebhooksLink())}
            """;
    }

    /// <summary>How an agreement stands that was just answered: by the ledger, whatever the address says.</summary>
    public Html Answered(Agreement agreement)
    {
        string own = survey.NameOf(survey.MspId);
        string name = agreement.Newest.Terms.Name;
        if (!agreement.Newest.Terms.Parties.Contains(survey.MspId)) return Html.None;
        if (agreement.LeavesAt(survey.MspId) is not null && agreement.Accepted is null)
            return Notice("indeterminate", text.Fill("registrar.declined", ("institution", own), ("name", name)));
        if (agreement.Newest.AcceptedAt is not null)
        {
            return Notice("valid", text.Fill(
                "registrar.agreed", ("name", name), ("date", text.Date(agreement.Newest.Terms.ValidFrom))));
        }

        string missing = string.Join(", ", agreement.Newest.Awaits.Select(survey.NameOf));
        return agreement.Newest.Awaits.Contains(survey.MspId) ? Html.None : Notice("valid", text.Fill(
            "registrar.accepted", ("institution", own), ("name", name), ("missing", missing)));
    }

    /// <summary>Says why an answer was not given.</summary>
    public Html Fault(string fault) => $"""
        <section id="result" class="refused" tabindex="-1" role="alert">
        <div id="verdict"><p class="sign" aria-hidden="true">!</p>
        <div><p id="verdict-text">{text[$"registrar.{fault}"]}</p></div></div>
        </section>
        """;

    private static Html Notice(string kind, string said) => $"""
        <section id="result" class="{kind}" tabindex="-1" role="status">
        <div id="verdict"><p class="sign" aria-hidden="true">✓</p>
        <div><p id="verdict-text">{said}</p></div></div>
        </section>
        """;

    private Html Link((string Id, string Text) section)
    {
        int waiting = section.Id == "waiting" ? survey.Waiting.Count : 0;
        string count = waiting == 0 ? "" : $" ({waiting.ToString(CultureInfo.InvariantCulture)})";
        return $"""<li><a href="#{section.Id}">{text[section.Text]}{count}</a></li>""";
    }

    private Html WebhooksLink() => $"""<p class="hint"><a href="/webhooks">{text["page.webhooksLink"]}</a></p>""";

    private string AsOf() => survey.AsOf is not { } asOf ? "" : text.Fill(
        "verdict.asOf", ("block", asOf.Block.ToString(CultureInfo.InvariantCulture)),
        ("time", text.Time(asOf.Time)));
}
