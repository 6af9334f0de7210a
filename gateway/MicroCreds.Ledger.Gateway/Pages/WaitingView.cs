using System.Globalization;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// The agreements that wait for an answer: ours with a form for it, and those that others are to answer.
/// </summary>
/// <param name="text">The language.</param>
/// <param name="survey">What waits.</param>
/// <param name="clauses">Says what clauses mean.</param>
/// <param name="opened">The agreement whose form is open, since its answer was not taken.</param>
/// <param name="registrar">The registrar who is signed in, and needs no key.</param>
internal sealed class WaitingView(
    PageText text, Survey survey, ClauseText clauses, string? opened, string? registrar)
{
    private const int MaxShown = 20;

    public Html Render() => $"""
        <section class="panel" id="waiting" aria-labelledby="waiting-title">
        <h2 id="waiting-title">{text["registrar.waiting"]}</h2>
        <h3>{text.Fill("registrar.forUs", ("institution", survey.NameOf(survey.MspId)))}</h3>
        {List(survey.Waiting, "registrar.noneForUs", isOurs: true)}
        <h3>{text["registrar.forOthers"]}</h3>
        {List(survey.Pending, "registrar.noneForOthers", isOurs: false)}
        </section>
        """;

    private Html List(IReadOnlyList<Agreement> agreements, string none, bool isOurs)
    {
        if (agreements.Count == 0) return $"<p class=\"hint\">{text[none]}</p>";

        string all = isOurs ? "true" : "others";
        Html more = agreements.Count <= MaxShown ? Html.None : $"""
            <p><a href="/v1/agreements?waiting={all}">{text.Fill(
                "registrar.moreAgreements", ("count", text.Number(agreements.Count - MaxShown)))}</a></p>
            """;
        return $"{agreements.Take(MaxShown).Select((agreement, i) => Card(agreement, i, isOurs))}{more}";
    }

    private Html Card(Agreement agreement, int index, bool isOurs)
    {
        var newest = agreement.Newest;
        var terms = newest.Terms;
        string proposer = survey.NameOf(terms.MspId);
        return $"""
            <article class="offer">
            <h4><bdi>{terms.Name}</bdi></h4>
            <p class="hint"><code>{terms.Id}</code> · {text.Fill(
                "registrar.proposed", ("institution", proposer), ("date", text.Date(newest.Proposal.WrittenAt)),
                ("version", Number(terms.Version)))}</p>
            {Amends(agreement)}
            <dl>
            {Row("parties", $"{Names(terms.Parties)}")}
            {Row("clauses", $"<ul>{terms.Clauses.Select(Clause)}</ul>")}
            {Row("period", $"{Period(terms)}")}
            {Row("notice", $"{text.Fill("registrar.days", ("days", Number(terms.NoticeDays)))}")}
            {Row("reference", terms.Reference is { } reference ? CredentialView.LinkTo(reference) : Html.None)}
            {Row("missing", $"{Names(newest.Awaits)}")}
            </dl>
            {(isOurs ? Form(agreement, index) : Html.None)}
            </article>
            """;
    }

    private Html Amends(Agreement agreement) => agreement.Accepted is not { } before ? Html.None : $"""
        <p class="remark">{text.Fill("registrar.amends", ("version", Number(before.Terms.Version)))}</p>
        """;

    private Html Row(string key, Html value) => value.IsEmpty ? Html.None : $"""
        <div><dt>{text[$"registrar.{key}"]}</dt><dd>{value}</dd></div>
        """;

    private Html Clause(AgreementClause clause)
    {
        string who = Direction(clause);
        string scope = clauses.Scope(clause.Scope, clause.AwardedBy is [var awarder] ? awarder : null);
        string worth = clauses.Worth(clause, clause.RecognizedBy is [var recognizer] ? recognizer : null);
        return $"<li><strong>{who}</strong> {scope}<br>{worth}</li>";
    }

    private string Direction(AgreementClause clause)
    {
        string awarder = clause.AwardedBy.Count == 0 ? text["clause.everyParty"] : Names(clause.AwardedBy);
        return clause.RecognizedBy.Count switch
        {
            0 when clause.AwardedBy.Count == 0 => text["clause.mutual"],
            0 => text.Fill("clause.directionAll", ("awarder", awarder)),
            1 => text.Fill("clause.direction", ("recognizer", Names(clause.RecognizedBy)), ("awarder", awarder)),
            _ => text.Fill("clause.directionSeveral", ("recognizer", Names(clause.RecognizedBy)), ("awarder", awarder)),
        };
    }

    private string Names(IReadOnlyList<string> parties) => string.Join(", ", parties.Select(survey.NameOf));

    private string Period(AgreementStatement terms)
    {
        string from = text.Fill("clause.from", ("date", text.Date(terms.ValidFrom)));
        return terms.ValidUntil is { } end
            ? $"{from} {text.Fill("clause.until", ("date", text.Date(end)))}"
            : $"{from}, {text["clause.noEnd"]}";
    }

    /// <summary>
    /// A key goes with the one answer that it is for, in the form's body: nothing that another site could send in the
    /// registrar's name. Who is signed in needs none, and is refused on another site's behalf.
    /// </summary>
    private Html Form(Agreement agreement, int index)
    {
        var terms = agreement.Newest.Terms;
        string address = $"/v1/agreements/{terms.Id}/versions/{Number(terms.Version)}/acceptance";
        return $"""
            <details class="answer"{(terms.Id == opened ? Open : Html.None)}>
            <summary>{text["registrar.answer"]}</summary>
            <form method="post" action="/registrar">
            <input type="hidden" name="lang" value="{text.Language}">
            <input type="hidden" name="agreement" value="{terms.Id}">
            <input type="hidden" name="version" value="{Number(terms.Version)}">
            <input type="hidden" name="digest" value="{StatementDigest.Of(terms)}">
            {(registrar is null ? KeyField(index) : Signed(registrar))}
            <div class="field check">
            <input type="checkbox" id="read-{index}" name="read" value="yes" required>
            <label for="read-{index}">{text.Fill(
                "registrar.read", ("institution", survey.NameOf(survey.MspId)))}</label>
            </div>
            <div class="actions">
            <button name="answer" value="{RegistrarPage.Accept}">{text["registrar.accept"]}</button>
            {(agreement.Accepted is null ? Decline() : Html.None)}
            </div>
            <p class="hint">{text["registrar.byApi"]} <code>POST {address}</code></p>
            </form>
            </details>
            """;
    }

    private Html KeyField(int index) => $"""
        <div class="field">
        <label for="key-{index}">{text["registrar.key"]}</label>
        <input type="password" id="key-{index}" name="key" required autocomplete="off" spellcheck="false"
        aria-describedby="key-hint-{index}">
        <p class="hint" id="key-hint-{index}">{text["registrar.keyHint"]}</p>
        </div>
        """;

    private Html Signed(string name) => $"""<p class="hint">{text.Fill("registrar.session", ("name", name))}</p>""";

    private static Html Open => $" open";

    private Html Decline() => $"""
        <button class="quiet" name="answer" value="{RegistrarPage.Decline}">{text["registrar.decline"]}</button>
        """;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
