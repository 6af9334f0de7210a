using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The verdict as people read it: the whole first, then the credential, the checks, and the issuer.</summary>
/// <param name="text">The language.</param>
/// <param name="verdict">The verdict.</param>
/// <param name="issuer">The institution that the credential names, as the ledger knows it.</param>
/// <param name="isByLink">Whether a link led to the credential, so that nothing personal is shown.</param>
internal sealed class VerdictView(PageText text, Verdict verdict, Institution? issuer, bool isByLink)
{
    /// <summary>The achievement's picture, shown only beside what is valid. Default is none.</summary>
    public ShownBadge? Badge { get; init; }

    /// <summary>The codes after which the technical words, which are English, help who sent the document.</summary>
    private static readonly string[] Technical =
        [CheckCodes.NotJson, CheckCodes.NotACredential, CheckCodes.ProofMalformed];

    /// <summary>The most parts of an award that a sentence names.</summary>
    private const int MaxNamed = 3;

    private readonly Dictionary<string, string> _facts = FactsOf(text, verdict, isByLink);

    private readonly VerdictHead _head = verdict.Head;

    private string Kind => verdict.Kind switch
    {
        VerdictKind.Valid when _head.IsReserved => "reserved",
        VerdictKind.Valid => "valid",
        VerdictKind.Invalid => "invalid",
        _ => "indeterminate",
    };

    /// <summary>Whether it is not shown to be its issuer's word: then it is not presented as if it were.</summary>
    private bool IsClaim => verdict.Checks.Any(check =>
        check.Outcome != CheckOutcome.Pass && check.Name is
            CheckNames.Format or CheckNames.Signature or CheckNames.Anchor or CheckNames.IssuerKey);

    /// <summary>The verdict in a word or two.</summary>
    public string Title => text[$"verdict.{Kind}"];

    public Html Render()
    {
        // What is wrong comes before what the document claims.
        bool isGood = verdict.Kind == VerdictKind.Valid;
        return $"""
        <section id="result" class="{Kind}" tabindex="-1" aria-labelledby="verdict-title">
        <div id="verdict">
        <p class="sign" aria-hidden="true">{SignOf(_head)}</p>
        <div>
        <h2 id="verdict-title">{Title}</h2>
        {Because()}
        <p id="verdict-text">{text.TryFill($"verdict.{Kind}Text", _facts)}</p>
        {AsOf()}
        </div>
        </div>
        {Notices()}
        {(isGood ? (Html)$"{Credential()}{Checks()}" : (Html)$"{Checks()}{Credential()}")}
        {(issuer is null ? Html.None : new IssuerCard(text, issuer, verdict.Document?.Anchor.KeyId, IsClaim).Render())}
        </section>
        """;
    }

    /// <summary>Why it is not valid, or what to mind although it is: as the head of the verdict says it.</summary>
    private Html Because() => _head.Told.Count == 0 ? Html.None : $"""
        <div id="because">{_head.Told.Select(Html (check) => $"<p>{Said("code", check, check.Detail)}</p>")}</div>
        """;

    private Html Checks() => $"""
        <section aria-labelledby="checks-title">
        <h3 id="checks-title">{text["section.checks"]}</h3>
        <ol id="checks">{verdict.Checks.Select(Line)}</ol>
        </section>
        """;

    private Html AsOf() => verdict.AsOf is not { } asOf ? Html.None : $"""
        <p id="as-of">{text.Fill(
            "verdict.asOf",
            ("block", asOf.Block.ToString(CultureInfo.InvariantCulture)),
            ("time", text.Time(asOf.Time)))}</p>
        """;

    private Html Notices()
    {
        var notices = verdict.Notices.Select(notice => Said("code", notice.Code, notice.Detail)).ToList();
        if (isByLink) notices.Insert(0, $"{text["verdict.withheld"]}");
        if (verdict.ReplacedBy is { } next) notices.Add($"{text.Fill("verdict.replaced", ("id", next.Id))}");
        return notices.Count == 0 ? Html.None : $"""
            <ul id="notices" aria-label="{text["section.notices"]}">
            {notices.Select(Html (notice) => $"<li>{notice}</li>")}
            </ul>
            """;
    }

    private Html Credential()
    {
        if (verdict.Document is not { } document) return Html.None;

        return $"""
            <section id="credential-view"{(IsClaim ? Claimed : Html.None)} aria-labelledby="says-title">
            <h3 id="says-title">{text[IsClaim ? "section.claims" : "section.says"]}</h3>
            {(IsClaim ? Note() : Html.None)}
            {new CredentialView(text, CredentialContent.Of(document), document.Id, isByLink)
        {
            Badge = verdict.Kind == VerdictKind.Valid ? Badge : null,
        }.Render()}
            </section>
            """;
    }

    private static Html Claimed => $" class=\"claimed\"";

    private Html Note() => $"""<p class="note">{text["section.claimsNote"]}</p>""";

    private Html Line(Check check)
    {
        string outcome = check.Outcome.ToString().ToLowerInvariant();
        return $"""
            <li class="{outcome}">
            <p class="name">{Sign(check.Outcome)} {text.NameOf("check", check.Name)}</p>
            <p class="outcome">{text[$"outcome.{outcome}"]}</p>
            <div class="why">
            <p class="detail">{Said("code", check, check.Detail)}</p>
            {NextStep(check)}{Technicalities(check)}
            </div>
            </li>
            """;
    }

    private static Html Sign(CheckOutcome outcome) =>
        $"""<span class="sign" aria-hidden="true">{SignOf(outcome)}</span>""";

    private Html NextStep(Check check) => check is { NextStep: { } next, Outcome: not CheckOutcome.Pass }
        ? $"""<p class="next">{Said("next", check, next)}</p>"""
        : Html.None;

    private Html Technicalities(Check check) => !Technical.Contains(check.Code) ? Html.None : $"""
        <details><summary>{text["section.technical"]}</summary><p lang="en">{check.Detail}</p></details>
        """;

    /// <summary>What a check's code says; some codes say less where nothing failed.</summary>
    private Html Said(string list, Check check, string english)
    {
        string doubtful = check.Code + "Unknown";
        bool isDoubt = check.Outcome == CheckOutcome.Unknown && text.Find($"{list}.{doubtful}") is not null;
        return Said(list, isDoubt ? doubtful : check.Code, english);
    }

    /// <summary>What a code says in the reader's language; for one that is not translated, its English words.</summary>
    private Html Said(string list, string code, string english) =>
        text.TryFill($"{list}.{code}", _facts) is { } said ? $"{said}"
            : text.Language == "en" ? $"{english}"
            : (Html)$"""<span lang="en">{english}</span>""";

    private static string SignOf(VerdictHead head) => head.Kind switch
    {
        VerdictKind.Valid when head.IsReserved => "!",
        VerdictKind.Valid => "✓",
        VerdictKind.Invalid => "✕",
        _ => "?",
    };

    private static string SignOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => "✓",
        CheckOutcome.Fail => "✕",
        CheckOutcome.Warning => "!",
        _ => "?",
    };

    /// <summary>What the texts of codes are filled in with.</summary>
    private static Dictionary<string, string> FactsOf(PageText text, Verdict verdict, bool isByLink)
    {
        var facts = new Dictionary<string, string>();
        if (verdict.Document is not { } document) return facts;

        facts["partsFallen"] = PartsOf(text, verdict, PartStanding.DoesNotStand, isByLink);
        facts["partsUnknown"] = PartsOf(text, verdict, PartStanding.NotKnown, isByLink);

        var view = verdict.View;
        facts["issuer"] = view?.Anchor?.Institution?.Name ?? document.IssuerName;
        facts["validFrom"] = text.Date(document.ValidFrom);
        facts["validUntil"] = document.ValidUntil is { } until
            ? text.Fill("until", ("time", text.Date(until))) : text["withoutEnd"];
        if (document.ValidUntil is { } end) facts["expired"] = text.Time(end);
        facts["anchoredAt"] = view?.AnchoredAt is not { } at ? "" : text.Fill(
            "anchoredAt", ("block", at.Block.ToString(CultureInfo.InvariantCulture)), ("time", text.Time(at.Time)));
        if (view?.Anchor?.Status is not { } status) return facts;

        facts["statusAt"] = text.Time(status.ChangedAt);
        if (status.Statement.Reason is { } reason) facts["reason"] = text.NameOf("reason", reason);
        return facts;
    }

    /// <summary>The parts that stand so; what somebody learnt besides is not told to who only came by a link.</summary>
    private static string PartsOf(PageText text, Verdict verdict, PartStanding standing, bool isByLink)
    {
        var parts = verdict.Parts ?? [];
        var found = parts.Where(part => part.Standing == standing).ToList();
        if (isByLink)
            return text.Fill("part.count", ("some", text.Whole(found.Count)), ("all", text.Whole(parts.Count)));

        string named = string.Join(", ", found.Take(MaxNamed).Select(part => text.Fill(
            part.Code is CheckCodes.Revoked or CheckCodes.Superseded or CheckCodes.Suspended
                ? $"part.{part.Code}" : "part.other",
            ("title", part.Title))));
        return found.Count <= MaxNamed ? named : text.Fill(
            "part.more", ("count", text.Whole(found.Count - MaxNamed)), ("named", named));
    }
}
