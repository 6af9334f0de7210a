using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What a credential says in codes and numbers, as people read it in one language.</summary>
/// <param name="text">The language.</param>
/// <param name="content">What it says.</param>
internal sealed class ContentWords(PageText text, CredentialContent content)
{
    /// <summary>How much work it was.</summary>
    public string? Workload => Listed(
        content.Credits is > 0 and { } number
            ? text.Fill("element.credits", ("credits", text.Number(number)), ("system", content.CreditSystem ?? ""))
            : null,
        content.WorkloadHours is { } hours ? text.Fill("element.hours", ("hours", text.Number(hours))) : null);

    /// <summary>How hard it was.</summary>
    public string? Level => Listed(
        content.EqfLevel is { } level ? text.Fill("element.eqf", ("level", level)) : null,
        content.QfEheaCycle is { } cycle
            ? text.Fill("element.qfEhea", ("cycle", text.NameOf("cycle", cycle))) : null);

    /// <summary>What it can become a part of.</summary>
    public string? Stacking => Code("stackability", content.Stackability) is not { } said ? null
        : content.StacksInto is not { } into ? said
        : text.Fill("element.stacksInto", ("stackability", said), ("into", into));

    /// <summary>Until when it is valid.</summary>
    public string ValidUntil => content.ValidUntil is { } until ? text.Time(until) : text["element.noEnd"];

    /// <summary>What a code is called.</summary>
    public string? Code(string list, string? code) => code is null ? null : text.NameOf(list, code);

    private static string? Listed(params string?[] parts) =>
        parts.OfType<string>().ToArray() is { Length: > 0 } said ? string.Join(" · ", said) : null;
}
