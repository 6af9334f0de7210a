using System.Collections.Frozen;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>What a request must keep to.</summary>
internal static partial class CredentialRequestRules
{
    /// <summary>The most pieces of evidence of one credential.</summary>
    private const int MaxEvidence = 20;

    /// <summary>The longest result, in characters.</summary>
    private const int MaxResultLength = 100;

    /// <summary>The longest mail address, in characters (RFC 5321).</summary>
    private const int MaxEmailLength = 254;
    private const int MaxStudentNumberLength = 64;

    private static readonly FrozenSet<string> ResultStatuses = FrozenSet.ToFrozenSet(
        ["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"], StringComparer.Ordinal);

    public static List<CredentialRequestFault> Check(CredentialRequest request, DateTimeOffset now)
    {
        var faults = new List<CredentialRequestFault>();
        if (!AchievementSelector.TryParse(request.Achievement, out _))
        {
            faults.Add(new("/achievement",
                "Give the achievement's id (lower-case letters, digits, hyphens), or id@version for a version of it."));
        }

        if (request.Duplicates is not (null or CredentialRequest.AllowDuplicates))
        {
            faults.Add(new CredentialRequestFault(
                "/duplicates", $"must be \"{CredentialRequest.AllowDuplicates}\", or be left out."));
        }

        CheckRecipient(request.Recipient, faults);
        if (request.ValidUntil <= now)
            faults.Add(new("/validUntil", "It lies in the past: give a time to come, or leave it out."));
        if (request.Result is { } result) CheckResult(result, faults);
        if (request.Evidence is { } evidence) CheckEvidence(evidence, faults);
        return faults;
    }

    public static List<CredentialRequestFault> Check(Recipient recipient)
    {
        var faults = new List<CredentialRequestFault>();
        CheckRecipient(recipient, faults);
        return faults;
    }

    private static void CheckRecipient(Recipient? recipient, List<CredentialRequestFault> faults)
    {
        if (recipient is null)
        {
            faults.Add(new("/recipient", "Say who earned it: { \"name\", \"email\"?, \"id\"? }."));
            return;
        }

        CheckText("/recipient/name", recipient.Name, Limits.MaxNameLength, faults);
        if (recipient.Email is { } email)
        {
            CheckText("/recipient/email", email, MaxEmailLength, faults);
            if (!MailAddress().IsMatch(email))
                faults.Add(new("/recipient/email", "It is no mail address: give name@domain."));
        }

        if (recipient.StudentNumber is { } number)
            CheckText("/recipient/studentNumber", number, MaxStudentNumberLength, faults);
        if (recipient.Language is { } language && !Language().IsMatch(language))
            faults.Add(new("/recipient/language", "Give a language by its BCP 47 tag, such as en or de-AT."));
        if (recipient.Id is { } id && !IsUri(id))
            faults.Add(new("/recipient/id",
                $"Give an absolute URI, such as a DID, of up to {Limits.MaxUrlLength} characters."));
        if (recipient.Key is { } key && HolderBinding.FaultOf(key) is { } fault)
            faults.Add(new("/recipient/key", fault));
    }

    private static void CheckResult(CredentialResult result, List<CredentialRequestFault> faults)
    {
        if (result.Value is null && result.Status is null)
            faults.Add(new("/result", "Give a value or a status, or leave the result out."));
        if (result.Value is { } value) CheckText("/result/value", value, MaxResultLength, faults);
        if (result.Status is { } status && !ResultStatuses.Contains(status))
            faults.Add(new("/result/status",
                $"Give one of {string.Join(", ", ResultStatuses.Order(StringComparer.Ordinal))}."));
    }

    private static void CheckEvidence(IReadOnlyList<CredentialEvidence> evidence, List<CredentialRequestFault> faults)
    {
        if (evidence.Count > MaxEvidence)
        {
            faults.Add(new("/evidence", $"There are {evidence.Count} pieces; at most {MaxEvidence} can be given."));
            return;
        }

        for (int i = 0; i < evidence.Count; i++)
        {
            string path = $"/evidence/{i}";
            if (evidence[i] is not { } item || (item.Url ?? item.Name ?? item.Description) is null)
            {
                faults.Add(new(path, "Give at least one of url, name and description."));
                continue;
            }

            if (item.Url is { } url && ValueRules.Url(url, path + "/url", allowHttp: true) is { } fault)
                faults.Add(new(path + "/url", fault.Message));
            if (item.Name is { } name) CheckText(path + "/name", name, Limits.MaxNameLength, faults);
            if (item.Description is { } text)
                CheckText(path + "/description", text, Limits.MaxTextLength, faults, lines: true);
        }
    }

    private static void CheckText(
        string path, string? text, int maxLength, List<CredentialRequestFault> faults, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(text))
            faults.Add(new(path, "It is missing or blank."));
        else if (text.Length > maxLength)
            faults.Add(new(path, $"It has {text.Length} characters; at most {maxLength} can be given."));
        else if (WrittenText.FaultOf(text, lines) is { } fault)
            faults.Add(new(path, $"It {fault}"));
        else if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
            faults.Add(new(path, "It begins or ends with white space: remove that."));
    }

    // What mails can be sent to without quoting; letters of every script, as RFC 6531 has them.
    [GeneratedRegex(
        @"\A[^\s@,;:<>()\[\]\\""\p{C}]+@[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?"
        + @"(?:\.[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex MailAddress();

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Language();

    private static bool IsUri(string text) =>
        text.Length <= Limits.MaxUrlLength
        && text.All(c => c is > ' ' and < '\u007f'
                and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'))
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && text.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase);
}
