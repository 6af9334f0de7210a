using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The credential as a person reads it, with every standard element that it has.</summary>
/// <param name="text">The language.</param>
/// <param name="content">What it says.</param>
/// <param name="id">Its identifier.</param>
/// <param name="isWithheld">Whether what is personal is left out.</param>
internal sealed class CredentialView(PageText text, CredentialContent content, string id, bool isWithheld)
{
    private readonly string? _grade = isWithheld ? null : content.Grade;

    /// <summary>Whether it stands right below the page's own heading. Default is deeper down.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The achievement's picture. Default is none.</summary>
    public ShownBadge? Badge { get; init; }

    public Html Render() => $"""
        <div class="paper">
        {Picture}
        {Title}
        <p class="learner"><span>{text["element.learner"]}</span> {Learner()}</p>
        <dl id="summary">
        {Row("awardingBody", content.AwardingBody)}
        {Row("country", content.Country is { } country ? text.NameOf("country", country) : null)}
        {Row("awarded", content.Awarded is { } awarded ? text.Date(awarded) : null)}
        {Row("validUntil", content.ValidUntil is { } until ? text.Date(until) : text["element.noEnd"])}
        {Row("workload", Workload())}
        {Row("level", Level())}
        {Row("grade", _grade)}
        {Row("learningOutcomes", Outcomes())}
        {Quote("assessment", content.Assessment)}
        {Row("supervision", Code("supervision", content.Supervision))}
        {Row("participation", Code("participation", content.Participation))}
        {Quote("qualityAssurance", content.QualityAssurance)}
        {Quote("prerequisites", content.Prerequisites)}
        {Row("stacking", Stacking())}
        {Row("skills", Links(content.Skills))}
        {Quote("description", content.Description)}
        {Quote("criteria", content.Criteria)}
        {Row("fieldOfStudy", content.FieldOfStudy is { } field ? text.Fill("element.isced", ("code", field)) : null)}
        {Row("language", Code("tongue", content.Language))}
        {Quote("furtherInformation", content.FurtherInformation)}
        {Row("evidence", isWithheld ? Html.None : Links(content.Evidence))}
        {Row("id", id)}
        </dl>
        </div>
        """;

    /// <summary>A web address as a link, if it is one; as text if it could be anything else.</summary>
    internal static Html LinkTo(string url, string? name = null) =>
        url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)
            ? $"""<a href="{url}" rel="noopener noreferrer nofollow">{name ?? url}</a>"""
            : (Html)$"{(name is null ? url : $"{name} ({url})")}";

    private Html Picture => Badge is not { } badge ? Html.None
        : $"""<img class="badge" src="{badge.Address}" alt="{badge.Alternative}" width="112" height="112" />""";

    private Html Title => IsFirst
        ? $"""<h2 class="title"><bdi{Tongue}>{content.Title}</bdi></h2>"""
        : (Html)$"""<h4 class="title"><bdi{Tongue}>{content.Title}</bdi></h4>""";

    private Html Learner() => content.Learner is { } learner && !isWithheld
        ? $"""<bdi id="learner">{learner}</bdi>"""
        : (Html)$"""<em>{text["element.withheld"]}</em>""";

    /// <summary>The language of what the institution wrote, which need not be that of the page.</summary>
    private Html Tongue => content.Language is { } language ? $" lang=\"{language}\"" : Html.None;

    /// <summary>What the page says about the credential.</summary>
    private Html Row(string element, string? value) => value is null ? Html.None : Row(element, (Html)$"{value}");

    private Html Row(string element, Html value) => value.IsEmpty ? Html.None : $"""
        <div><dt>{text[$"element.{element}"]}</dt><dd dir="auto">{value}</dd></div>
        """;

    /// <summary>What stands in the credential in the institution's own words.</summary>
    private Html Quote(string element, string? value) => value is null ? Html.None : $"""
        <div><dt>{text[$"element.{element}"]}</dt><dd dir="auto"{Tongue}>{value}</dd></div>
        """;

    private string? Workload()
    {
        string? credits = content.Credits is > 0 and { } number
            ? text.Fill("element.credits", ("credits", text.Number(number)), ("system", content.CreditSystem ?? ""))
            : null;
        string? hours = content.WorkloadHours is { } h ? text.Fill("element.hours", ("hours", text.Number(h))) : null;
        return Listed(credits, hours);
    }

    private string? Level() => Listed(
        content.EqfLevel is { } level ? text.Fill("element.eqf", ("level", level)) : null,
        content.QfEheaCycle is { } cycle
            ? text.Fill("element.qfEhea", ("cycle", text.NameOf("cycle", cycle))) : null);

    private string? Stacking() => Code("stackability", content.Stackability) is not { } said ? null
        : content.StacksInto is not { } into ? said
        : text.Fill("element.stacksInto", ("stackability", said), ("into", into));

    private Html Outcomes() => content.LearningOutcomes.Count == 0 ? Html.None : $"""
        <ul>{content.LearningOutcomes.Select(Html (outcome) => $"<li dir=\"auto\"{Tongue}>{outcome}</li>")}</ul>
        """;

    private static Html Links(IReadOnlyList<NamedLink> links) => links.Count == 0 ? Html.None : $"""
        <ul>{links.Select(Html (link) => $"<li dir=\"auto\">{Link(link)}{Note(link)}</li>")}</ul>
        """;

    private static Html Link(NamedLink link) =>
        link.Url is { } url ? LinkTo(url, link.Name) : (Html)$"{link.Name}";

    private static Html Note(NamedLink link) =>
        link.Note is { } note ? $" <span class=\"note\">{note}</span>" : Html.None;

    private string? Code(string list, string? code) => code is null ? null : text.NameOf(list, code);

    private static string? Listed(params string?[] parts) =>
        parts.OfType<string>().ToArray() is { Length: > 0 } said ? string.Join(" · ", said) : null;
}
