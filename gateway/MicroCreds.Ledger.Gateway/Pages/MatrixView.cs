using System.Globalization;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// What partners recognize of the institution's and it of theirs: a row for each partner, a column for each direction.
/// </summary>
/// <remarks>
/// On narrow screens the rows become cards by the style alone; the roles are written out since browsers drop a table's
/// meaning with its layout.
/// </remarks>
internal sealed class MatrixView(PageText text, Survey survey, ClauseText clauses)
{
    private const int MaxShown = 5;

    public Html Render()
    {
        var partners = survey.Partners.Where(partner => !partner.IsEmpty).ToList();
        return $"""
            <section class="panel" id="matrix" aria-labelledby="matrix-title">
            <h2 id="matrix-title">{text["registrar.matrix"]}</h2>
            <p class="hint">{text["registrar.matrixHint"]}</p>
            {(partners.Count == 0 ? (Html)$"<p>{text["registrar.noPartners"]}</p>" : Table(partners))}
            {Others()}
            </section>
            """;
    }

    private Html Table(IReadOnlyList<PartnerRecognition> partners) => $"""
        <table class="stacked" role="table" aria-labelledby="matrix-title">
        <thead role="rowgroup"><tr role="row">
        <th role="columnheader" scope="col">{text["registrar.partner"]}</th>
        <th role="columnheader" scope="col">{text["registrar.theirs"]}</th>
        <th role="columnheader" scope="col">{text["registrar.ours"]}</th>
        </tr></thead>
        <tbody role="rowgroup">{partners.Select(Row)}</tbody>
        </table>
        """;

    private Html Row(PartnerRecognition partner) => $"""
        <tr role="row">
        <th role="rowheader" scope="row"><bdi>{partner.Name}</bdi>
        <span class="hint">{text.NameOf("country", partner.Country)}</span></th>
        {Cell("registrar.theirs", partner.RecognizesOfIt, survey.MspId, partner.MspId, partner)}
        {Cell("registrar.ours", partner.RecognizedByIt, partner.MspId, survey.MspId, partner)}
        </tr>
        """;

    private Html Cell(
        string heading, RecognizedClauses found, string awarder, string recognizer, PartnerRecognition partner)
    {
        Html more = found.Count <= MaxShown ? Html.None : $"""
            <p><a href="/v1/agreements?partner={Uri.EscapeDataString(partner.MspId)}">{text.Fill(
                "registrar.moreClauses", ("count", text.Number(found.Count - MaxShown)))}</a></p>
            """;
        return $"""
            <td role="cell"><span class="heading" aria-hidden="true">{text[heading]}</span>
            {(found.Count == 0 ? Nothing() : (Html)$"<ul>{found.Clauses.Take(MaxShown).Select(Entry)}</ul>")}
            {more}</td>
            """;

        Html Entry(RecognizedClause one) => $"""
            <li><strong>{clauses.Scope(one.Clause.Scope, awarder)}</strong>
            <p>{clauses.Worth(one.Clause, recognizer)}</p>
            <p class="hint">{clauses.Period(one.From, one.Until)} ·
            <a href="/v1/agreements/{one.Agreement}"><bdi>{one.Name}</bdi></a>{Version(one)}</p></li>
            """;
    }

    private Html Nothing() => $"""<span class="nothing">{text["registrar.nothing"]}</span>""";

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
