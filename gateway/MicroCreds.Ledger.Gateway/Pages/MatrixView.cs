using System.Globalization;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What partners recognize of the institution's and it of theirs: a row for each partner, a column for each direction.
/// </summary>
internal sealed class MatrixView(PageText text, Survey survey, ClauseText clauses)
{
    private const int MaxShown = 5;

    private readonly StackedTable _table = new(
        text["registrar.partner"], text["registrar.theirs"], text["registrar.ours"])
    {
        LabelledBy = "matrix-title",
    };

    public Html Render()
    {
        var partners = survey.Partners.Where(partner => !partner.IsEmpty).ToList();
        return $"""
            <section class="panel" id="matrix" aria-labelledby="matrix-title">
            <h2 id="matrix-title">{text["registrar.matrix"]}</h2>
            <p class="hint">{text["registrar.matrixHint"]}</p>
            {(partners.Count == 0
                ? (Html)$"<p>{text["registrar.noPartners"]}</p>" : _table.Render(partners.Select(Row)))}
            {Others()}
            </section>
            """;
    }

    private Html Row(PartnerRecognition partner) => _table.Row(
        $"""
        <bdi>{partner.Name}</bdi> <span class="hint">{text.NameOf("country", partner.Country)}</span>
        """,
        Cell(partner.RecognizesOfIt, survey.MspId, partner.MspId, partner),
        Cell(partner.RecognizedByIt, partner.MspId, survey.MspId, partner));

    private Html Cell(
        RecognizedClauses found, string awarder, string recognizer, PartnerRecognition partner)
    {
        Html more = found.Count <= MaxShown ? Html.None : $"""
            <p><a href="/v1/agreements?partner={Uri.EscapeDataString(partner.MspId)}">{text.Fill(
                "registrar.moreClauses", ("count", text.Number(found.Count - MaxShown)))}</a></p>
            """;
        return found.Count == 0
            ? $"""<span class="nothing">{text["registrar.nothing"]}</span>"""
            : (Html)$"<ul>{found.Clauses.Take(MaxShown).Select(Entry)}</ul>{more}";

        Html Entry(RecognizedClause one) => $"""
            <li><strong>{clauses.Scope(one.Clause.Scope, awarder)}</strong>
            <p>{clauses.Worth(one.Clause, recognizer)}</p>
            <p class="hint">{clauses.Period(one.From, one.Until)} ·
            <a href="/v1/agreements/{one.Agreement}"><bdi>{one.Name}</bdi></a>{Version(one)}</p></li>
            """;
    }

    private string Version(RecognizedClause one) => one.Version == 1 ? "" : ", " + text.Fill(
        "registrar.version", ("version", one.Version.ToString(CultureInfo.InvariantCulture)));

    private Html Others()
    {
        var others = survey.Partners.Where(partner => partner.IsEmpty).Select(partner => partner.Name).ToList();
        return others.Count == 0 ? Html.None : $"""
            <p class="hint">{text.Fill("registrar.without", ("names", string.Join(", ", others)))}</p>
            """;
    }
}
