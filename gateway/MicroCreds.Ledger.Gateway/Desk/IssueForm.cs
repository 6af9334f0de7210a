using System.Globalization;
using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What stands in the form of one credential, as it was written there.</summary>
public sealed record IssueForm
{
    public string Achievement { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public string StudentNumber { get; init; } = "";

    public string Id { get; init; } = "";

    public string Value { get; init; } = "";

    public string Status { get; init; } = "";

    public string ValidUntil { get; init; } = "";

    public string EvidenceName { get; init; } = "";

    public string EvidenceUrl { get; init; } = "";

    /// <summary>Whether it is issued although the person may have it.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>The UUID of the credential that it takes the place of; empty if of none.</summary>
    public string Corrects { get; init; } = "";

    /// <summary>Names what is asked for, so that sending it twice issues it once.</summary>
    public string Key { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Begins the correction of a credential: with what is kept of it here.</summary>
    public static IssueForm ToCorrect(Guid id, string achievement, CredentialSeed seed)
    {
        ArgumentNullException.ThrowIfNull(seed);
        return new IssueForm
        {
            Corrects = id.ToString("D"),
            Achievement = achievement,
            Name = seed.Name,
            Id = seed.RecipientId ?? "",
            Value = seed.Result?.Value ?? "",
            Status = seed.Result?.Status ?? "",
            ValidUntil = seed.ValidUntil?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
            EvidenceName = seed.Evidence.Count > 0 ? seed.Evidence[0].Name ?? "" : "",
            EvidenceUrl = seed.Evidence.Count > 0 ? seed.Evidence[0].Url ?? "" : "",
        };
    }

    /// <summary>Reads it.</summary>
    public static IssueForm Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        string key = Of("key");
        return new IssueForm
        {
            Achievement = Of("achievement"),
            Name = Of("name"),
            Email = Of("email"),
            StudentNumber = Of("studentNumber"),
            Id = Of("id"),
            Value = Of("value"),
            Status = Of("status"),
            ValidUntil = Of("validUntil"),
            EvidenceName = Of("evidenceName"),
            EvidenceUrl = Of("evidenceUrl"),
            Corrects = Guid.TryParseExact(Of("corrects"), "D", out var corrected) ? corrected.ToString("D") : "",
            IsAllowed = Of("allow") == "yes",
            Key = Guid.TryParseExact(key, "N", out _) ? key : Guid.NewGuid().ToString("N"),
        };

        string Of(string field) => form[field].LastOrDefault()?.Trim() ?? "";
    }

    /// <summary>The fields to be sent on, without the decision about a duplicate.</summary>
    public IEnumerable<(string Field, string Value)> Fields =>
    [
        ("achievement", Achievement), ("name", Name), ("email", Email), ("studentNumber", StudentNumber), ("id", Id),
        ("value", Value), ("status", Status), ("validUntil", ValidUntil), ("evidenceName", EvidenceName),
        ("evidenceUrl", EvidenceUrl), ("corrects", Corrects), ("key", Key),
    ];

    /// <summary>The request that it makes; a day that is none is a fault.</summary>
    /// <param name="isDayFaulty">Whether its last day cannot be read.</param>
    public CredentialRequest ToRequest(out bool isDayFaulty)
    {
        // A last day is valid until its end.
        bool isDay = DateOnly.TryParseExact(
            ValidUntil, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        isDayFaulty = ValidUntil.Length > 0 && !isDay;
        return new CredentialRequest
        {
            Achievement = Achievement,
            Recipient = new Recipient
            {
                Name = Name,
                Email = Given(Email),
                StudentNumber = Given(StudentNumber),
                Id = Given(Id),
            },
            Result = Value.Length + Status.Length == 0
                ? null : new CredentialResult { Value = Given(Value), Status = Given(Status) },
            ValidUntil = isDay ? new DateTimeOffset(day, new TimeOnly(23, 59, 59), TimeSpan.Zero) : null,
            Evidence = EvidenceName.Length + EvidenceUrl.Length == 0
                ? null : [new CredentialEvidence { Name = Given(EvidenceName), Url = Given(EvidenceUrl) }],
            Duplicates = IsAllowed || Corrects.Length > 0 ? CredentialRequest.AllowDuplicates : null,
        };
    }

    private static string? Given(string text) => text.Length == 0 ? null : text;
}
