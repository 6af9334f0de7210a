using System.Globalization;
using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// What a credential says to a person: the EU's standard elements of a micro-credential, as far as they are there.
/// Nothing about it is verified. Personal: never log it.
/// </summary>
public sealed record CredentialContent
{
    /// <summary>The credential's identifier.</summary>
    public string? Id { get; init; }

    /// <summary>The awarding body's DID.</summary>
    public string? IssuerDid { get; init; }

    /// <summary>What else the awarding body is known by: each with its kind, as <c>pic</c>.</summary>
    public IReadOnlyList<NamedLink> IssuerIdentifiers { get; init; } = [];

    /// <summary>The learner's identifier; absent if there is none, or it is withheld.</summary>
    public string? LearnerId { get; init; }

    /// <summary>The achievement's identifier.</summary>
    public string? AchievementId { get; init; }

    /// <summary>The learner; absent if withheld.</summary>
    public string? Learner { get; init; }

    /// <summary>The title.</summary>
    public string? Title { get; init; }

    /// <summary>What it is about.</summary>
    public string? Description { get; init; }

    /// <summary>What the learner had to do.</summary>
    public string? Criteria { get; init; }

    /// <summary>The awarding body's name.</summary>
    public string? AwardingBody { get; init; }

    /// <summary>The awarding body's country, ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>The awarding body's web site.</summary>
    public string? Website { get; init; }

    /// <summary>The date of issuing.</summary>
    public DateTimeOffset? Awarded { get; init; }

    /// <summary>When it expires; absent if never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The learning outcomes.</summary>
    public IReadOnlyList<string> LearningOutcomes { get; init; } = [];

    /// <summary>The workload in credits.</summary>
    public double? Credits { get; init; }

    /// <summary>The system of those credits.</summary>
    public string? CreditSystem { get; init; }

    /// <summary>The system that achievements of this consortium are counted in.</summary>
    public const string Ects = "ECTS";

    /// <summary>The workload in hours.</summary>
    public double? WorkloadHours { get; init; }

    /// <summary>The level of the EQF.</summary>
    public string? EqfLevel { get; init; }

    /// <summary>The cycle of the QF-EHEA.</summary>
    public string? QfEheaCycle { get; init; }

    /// <summary>The language of teaching.</summary>
    public string? Language { get; init; }

    /// <summary>The field of study, ISCED-F 2013.</summary>
    public string? FieldOfStudy { get; init; }

    /// <summary>The type of assessment.</summary>
    public string? Assessment { get; init; }

    /// <summary>How learners were supervised and identified.</summary>
    public string? Supervision { get; init; }

    /// <summary>The form of participation.</summary>
    public string? Participation { get; init; }

    /// <summary>The type of quality assurance.</summary>
    public string? QualityAssurance { get; init; }

    /// <summary>What a learner needs beforehand.</summary>
    public string? Prerequisites { get; init; }

    /// <summary>Whether it stacks.</summary>
    public string? Stackability { get; init; }

    /// <summary>What it stacks into.</summary>
    public string? StacksInto { get; init; }

    /// <summary>What else there is to know.</summary>
    public string? FurtherInformation { get; init; }

    /// <summary>The grade or other result.</summary>
    public string? Grade { get; init; }

    /// <summary>The skills, each with its address.</summary>
    public IReadOnlyList<NamedLink> Skills { get; init; } = [];

    /// <summary>What shows that it was earned.</summary>
    public IReadOnlyList<NamedLink> Evidence { get; init; } = [];

    /// <summary>Takes out of a credential what a person reads.</summary>
    public static CredentialContent Of(ReadCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        using var document = JsonDocument.Parse(credential.Members.ToArray());
        return Of(document.RootElement, credential.ValidFrom, credential.ValidUntil);
    }

    /// <summary>Takes it out of a credential that nobody has signed yet.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="validFrom">When it would become valid.</param>
    /// <param name="validUntil">Until when it would be valid; none is for good.</param>
    public static CredentialContent Of(
        UnsignedCredential credential, DateTimeOffset validFrom, DateTimeOffset? validUntil)
    {
        ArgumentNullException.ThrowIfNull(credential);
        using var document = JsonDocument.Parse(credential.Canonical);
        return Of(document.RootElement, validFrom, validUntil);
    }

    /// <summary>Takes it out of an own document as it was made, with a proof or without; nothing is checked.</summary>
    /// <param name="document">The document, as JSON.</param>
    public static CredentialContent OfOwn(ReadOnlyMemory<byte> document)
    {
        using var json = JsonDocument.Parse(document);
        var root = json.RootElement;
        CredentialTime.TryRead(Text(root, "validFrom") ?? "", out var validFrom);
        bool ends = CredentialTime.TryRead(Text(root, "validUntil") ?? "", out var validUntil);
        return Of(root, validFrom, ends ? validUntil : null);
    }

    private static CredentialContent Of(JsonElement root, DateTimeOffset validFrom, DateTimeOffset? validUntil)
    {
        var issuer = Member(root, "issuer");
        var subject = Member(root, "credentialSubject");
        var achievement = Member(subject, "achievement");
        var alignments = Items(achievement, "alignment");
        return new CredentialContent
        {
            Id = Text(root, "id"),
            IssuerDid = Text(issuer, "id"),
            IssuerIdentifiers = [.. Items(issuer, "otherIdentifier").Select(item => new NamedLink(
                Text(item, "identifier"), Url: null,
                Text(item, "identifierType")?.Replace("ext:", "", StringComparison.Ordinal)))],
            LearnerId = Text(subject, "id"),
            AchievementId = Text(achievement, "id"),
            Learner = Text(subject, "name"),
            Title = Text(achievement, "name"),
            Description = Text(achievement, "description"),
            Criteria = Text(Member(achievement, "criteria"), "narrative"),
            AwardingBody = Text(issuer, "name"),
            Country = Text(Member(issuer, "address"), "addressCountryCode"),
            Website = Text(issuer, "url"),
            Awarded = CredentialTime.TryRead(Text(root, "awardedDate") ?? "", out var awarded)
                ? awarded : validFrom,
            ValidUntil = validUntil,
            LearningOutcomes = [.. Items(achievement, "learningOutcome").Select(AsText).OfType<string>()],
            Credits = Number(achievement, "creditsAvailable"),
            CreditSystem = Text(achievement, "creditSystem"),
            WorkloadHours = Number(achievement, "workloadHours"),
            EqfLevel = CodeOf(alignments, "EQF"),
            QfEheaCycle = CodeOf(alignments, "QF-EHEA"),
            Language = Text(achievement, "inLanguage"),
            FieldOfStudy = Text(achievement, "fieldOfStudy"),
            Assessment = Text(achievement, "assessmentType"),
            Supervision = Text(achievement, "assessmentSupervision"),
            Participation = Text(achievement, "participationForm"),
            QualityAssurance = Text(achievement, "qualityAssurance"),
            Prerequisites = Text(achievement, "prerequisites"),
            Stackability = Text(achievement, "stackability"),
            StacksInto = Text(achievement, "stacksInto"),
            FurtherInformation = Text(achievement, "furtherInformation"),
            Grade = Items(subject, "result").Select(item => Text(item, "value")).FirstOrDefault(text => text != null),
            Skills = [.. alignments.Where(item => Text(item, "targetCode") is null).Select(item => new NamedLink(
                Text(item, "targetName"), Text(item, "targetUrl"), Text(item, "targetFramework")))],
            Evidence = [.. Items(root, "evidence").Select(item => new NamedLink(
                Text(item, "name"), Text(item, "id"), Text(item, "description")))],
        };
    }

    private static string? CodeOf(IEnumerable<JsonElement> alignments, string framework) => alignments
        .Where(item => Text(item, "targetFramework") == framework)
        .Select(item => Text(item, "targetCode")).FirstOrDefault();

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static IReadOnlyList<JsonElement> Items(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonElement parent, string name) => AsText(Member(parent, name));

    private static string? AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static double? Number(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value
        && double.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : null;
}

/// <summary>Something with a name, an address and a note, as far as they are there.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Url">Where it is, as the credential says: to be judged before it becomes a link.</param>
/// <param name="Note">What is said beside it.</param>
public sealed record NamedLink(string? Name, string? Url, string? Note);
