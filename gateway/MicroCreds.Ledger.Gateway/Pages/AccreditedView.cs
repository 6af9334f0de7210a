using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Who is accredited by whom, for what and until when; what runs out soon comes first.</summary>
internal sealed class AccreditedView(PageText text, Survey survey, ClauseText clauses)
{
    private const int SoonDays = 180;
    private const int PastDays = 365;

    private readonly StackedTable _table = new(
        text["registrar.institution"], text["registrar.accreditor"], text["registrar.scope"],
        text["registrar.standing"])
    {
        LabelledBy = "accreditation-title",
    };

    public Html Render()
    {
        var rows = survey.Accreditations.Select(RowOf)
            .Where(row => row.EndedAt is null || row.EndedAt > survey.Now.AddDays(-PastDays))
            .OrderBy(row => row.Institution, StringComparer.OrdinalIgnoreCase)
            .ThenBy(row => row.Kind is not Kind.InForce).ThenBy(row => row.LapsesAt ?? DateTimeOffset.MaxValue)
            .ToList();
        return $"""
            <section class="panel" id="accreditation" aria-labelledby="accreditation-title">
            <h2 id="accreditation-title">{text["registrar.accreditation"]}</h2>
            {Soon(rows)}
            {(rows.Count == 0
                ? (Html)$"<p>{text["registrar.noAccreditations"]}</p>" : _table.Render(rows.Select(Line)))}
            {Without(rows)}
            </section>
            """;
    }

    private Row RowOf(Accreditation one)
    {
        var standing = one.StandingAt(survey.Now);
        var term = survey.Consortium.Accreditors.LastOrDefault(term => term.MspId == one.Accreditor);
        var removedAt = term?.Until <= survey.Now ? term.Until : null;
        var kind = standing.State switch
        {
            AccreditationState.InForce => removedAt is null ? Kind.InForce : Kind.Removed,
            AccreditationState.Suspended => Kind.Suspended,
            AccreditationState.Withdrawn => Kind.Withdrawn,
            AccreditationState.Expired => Kind.Expired,
            _ => Kind.Absent,
        };
        var begins = one.Changes[0].Statement;
        return new Row(
            survey.NameOf(one.MspId), one, kind,
            kind == Kind.Absent ? begins.Scope ?? new AwardScope() : standing.Scope,
            kind switch
            {
                Kind.Absent => begins.ValidFrom,
                Kind.Removed => removedAt,
                _ => standing.Since,
            },
            kind == Kind.InForce ? one.LapsesAfter(survey.Now) : null,
            standing.Reference);
    }

    private Html Soon(List<Row> rows)
    {
        var soon = rows.Where(IsSoon).OrderBy(row => row.LapsesAt).ToList();
        return soon.Count == 0
            ? (rows.Count == 0 ? Html.None : $"""
                <p class="hint">{text.Fill("registrar.nothingSoon", ("days", text.Number(SoonDays)))}</p>
                """)
            : $"""
                <div class="soon">
                <h3>{text.Fill("registrar.soon", ("days", text.Number(SoonDays)))}</h3>
                <ul>{soon.Select(row => SoonLine(row))}</ul>
                </div>
                """;
    }

    private Html SoonLine(Row row) => $"""
        <li>{text.Fill(
            "registrar.lapses", ("institution", row.Institution),
            ("accreditor", survey.NameOf(row.Accreditation.Accreditor)), ("date", text.Date(row.LapsesAt!.Value)))}</li>
        """;

    private bool IsSoon(Row row) => row.LapsesAt < survey.Now.AddDays(SoonDays);

    private Html Line(Row row) => _table.Row(
        $"<bdi>{row.Institution}</bdi>", (Html)$"<bdi>{survey.NameOf(row.Accreditation.Accreditor)}</bdi>",
        (Html)$"{clauses.Scope(row.Scope, row.Accreditation.MspId)}", Standing(row));

    private Html Standing(Row row)
    {
        string name = row.Kind.ToString();
        string code = char.ToLowerInvariant(name[0]) + name[1..];
        string said = row.Since is { } since
            ? text.Fill($"standing.{code}Since", ("date", text.Date(since))) : text[$"standing.{code}"];
        string tone = row.Kind != Kind.InForce ? "off" : IsSoon(row) ? "warn" : "on";
        Html until = row.Kind != Kind.InForce ? Html.None : $"<p>{clauses.Period(survey.Now, row.LapsesAt)}</p>";
        Html reference = row.Reference is { } address
            ? $"""<p><a href="{address}" rel="noopener noreferrer nofollow">{text["registrar.decision"]}</a></p>"""
            : Html.None;
        return $"""<strong class="standing {tone}">{said}</strong>{until}{reference}""";
    }

    private Html Without(List<Row> rows)
    {
        var accredited = rows.Where(row => row.Kind == Kind.InForce)
            .Select(row => row.Accreditation.MspId).ToHashSet(StringComparer.Ordinal);
        string[] without =
        [
            .. survey.Institutions.Values.Where(one => !accredited.Contains(one.MspId)
                && !survey.Consortium.IsAccreditor(one.MspId)).Select(one => one.Name).Order(StringComparer.Ordinal),
        ];
        return without.Length == 0 ? Html.None : $"""
            <p class="hint">{text.Fill("registrar.notAccredited", ("names", string.Join(", ", without)))}</p>
            """;
    }

    private enum Kind
    {
        InForce,
        Suspended,
        Withdrawn,
        Expired,
        Removed,
        Absent,
    }

    private sealed record Row(
        string Institution, Accreditation Accreditation, Kind Kind, AwardScope Scope, DateTimeOffset? Since,
        DateTimeOffset? LapsesAt, string? Reference)
    {
        public DateTimeOffset? EndedAt => Kind is Kind.Withdrawn or Kind.Expired or Kind.Removed ? Since : null;
    }
}
