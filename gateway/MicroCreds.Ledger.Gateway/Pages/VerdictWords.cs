using System.Globalization;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>A verdict in words: what each code says in one language, filled in with what was found.</summary>
/// <param name="text">The language.</param>
/// <param name="verdict">The verdict.</param>
/// <param name="isByLink">Whether a link led to the credential, so that nothing personal is told.</param>
public sealed class VerdictWords(PageText text, Verdict verdict, bool isByLink)
{
    /// <summary>The most parts of an award that a sentence names.</summary>
    private const int MaxNamed = 3;

    private readonly Dictionary<string, string> _facts = FactsOf(text, verdict, isByLink);

    /// <summary>The verdict as the texts and the style sheet call it.</summary>
    public string Kind => verdict.Kind switch
    {
        VerdictKind.Valid when verdict.Head.IsReserved => "reserved",
        VerdictKind.Valid => "valid",
        VerdictKind.Invalid => "invalid",
        VerdictKind.Foreign => "foreign",
        _ => "indeterminate",
    };

    /// <summary>The verdict in a word or two.</summary>
    public string Title => text[$"verdict.{Kind}"];

    /// <summary>The verdict in a sentence.</summary>
    public string? Sentence => text.TryFill($"verdict.{Kind}Text", _facts);

    /// <summary>The sign of the verdict.</summary>
    public string Sign => verdict.Head.Kind switch
    {
        VerdictKind.Valid when verdict.Head.IsReserved => "!",
        VerdictKind.Valid => "✓",
        VerdictKind.Invalid => "✕",
        _ => "?",
    };

    /// <summary>The sign of a check's outcome.</summary>
    public static string SignOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => "✓",
        CheckOutcome.Fail => "✕",
        CheckOutcome.Warning => "!",
        _ => "?",
    };

    /// <summary>What a check found; some codes say less where nothing failed.</summary>
    public Saying Found(Check check) => OfCheck("code", check, check.Detail);

    /// <summary>What can be done about a check that did not pass. Absent if there is nothing.</summary>
    public Saying? Next(Check check) => check is { NextStep: { } next, Outcome: not CheckOutcome.Pass }
        ? OfCheck("next", check, next)
        : null;

    /// <summary>What a check found; of another consortium's credential also what mends it, which is at hand.</summary>
    public IEnumerable<string> Told(Check check)
    {
        yield return Found(check).Said;
        if (verdict.Abroad is not null && Next(check) is { } next) yield return next.Said;
    }

    /// <summary>What a notice says.</summary>
    public Saying Noticed(Notice notice) => Of("code", notice.Code, notice.Detail);

    private Saying OfCheck(string list, Check check, string english)
    {
        string doubtful = check.Code + "Unknown";
        string abroad = check.Code + "Abroad";
        bool isDoubt = check.Outcome == CheckOutcome.Unknown && text.Find($"{list}.{doubtful}") is not null;
        bool isAbroad = verdict.Abroad is not null && text.Find($"{list}.{abroad}") is not null;
        return Of(list, isAbroad ? abroad : isDoubt ? doubtful : check.Code, english);
    }

    /// <summary>What a code says in the reader's language; for one that is not translated, its English words.</summary>
    private Saying Of(string list, string code, string english) =>
        text.TryFill($"{list}.{code}", _facts) is { } said ? new Saying(said)
            : new Saying(english, text.Language == "en" ? null : "en");

    /// <summary>What the texts of codes are filled in with.</summary>
    private static Dictionary<string, string> FactsOf(PageText text, Verdict verdict, bool isByLink)
    {
        var facts = new Dictionary<string, string>();
        if (verdict.Document is not { } document) return facts;

        if (verdict.Abroad is { } abroad) new AbroadWords(text, abroad).AddTo(facts);
        facts["presented"] = PresentedOf(text, verdict.Presented);
        facts["partsFallen"] = PartsOf(text, verdict, PartStanding.DoesNotStand, isByLink);
        facts["partsUnknown"] = PartsOf(text, verdict, PartStanding.NotKnown, isByLink);

        var view = verdict.View;
        facts["issuer"] = view?.Anchor?.Institution?.Name ?? document.IssuerName;

        // What decides is told to the minute and with its zone: of a day alone nobody knows where it ends.
        facts["validFrom"] = text.Time(document.ValidFrom);
        facts["validUntil"] = document.ValidUntil is { } until
            ? text.Fill("until", ("time", text.Time(until))) : text["withoutEnd"];
        if (document.ValidUntil is { } end) facts["expired"] = text.Time(end);
        facts["anchoredAt"] = view?.AnchoredAt is not { } at ? "" : text.Fill(
            "anchoredAt", ("block", at.Block.ToString(CultureInfo.InvariantCulture)), ("time", text.Time(at.Time)));
        if (view?.Anchor?.Status is not { } status) return facts;

        facts["statusAt"] = text.Time(status.ChangedAt);
        if (status.Statement.Reason is { } reason) facts["reason"] = text.NameOf("reason", reason);
        return facts;
    }

    /// <summary>For whom and when a wallet made its proof, as it says itself.</summary>
    private static string PresentedOf(PageText text, PresentationClaim? presented)
    {
        return (presented?.ShownAudience, presented?.MadeAt) switch
        {
            ({ } named, { } at) => text.Fill("presented.for", ("audience", named), ("time", text.Time(at))),
            ({ } named, null) => text.Fill("presented.forSomebody", ("audience", named)),
            (null, { } at) => text.Fill("presented.at", ("time", text.Time(at))),
            _ => presented is null ? "" : text["presented.neither"],
        };
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

    /// <summary>A sentence.</summary>
    /// <param name="Said">Its words.</param>
    /// <param name="Language">Their language, if it is not the page's.</param>
    public sealed record Saying(string Said, string? Language = null);
}
