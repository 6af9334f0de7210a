using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Shapes;

/// <summary>
/// Writes an award as a European digital credential for learning (European Learning Model, version 3), for systems that
/// read these. It has no seal, and says so: what proves the award is the signed credential, which is attached.
/// </summary>
public sealed record EuropeanCredential
{
    /// <summary>The type of such documents.</summary>
    public const string DocumentType = "EuropeanDigitalCredential";

    internal const string AttachmentMember = "attachment";

    private const string Authority = "http://publications.europa.eu/resource/authority/";
    private const string Vocabulary = "http://data.europa.eu/snb/";
    private const string VocabularyScheme = "25831c2";
    private const string EscoSkills = "http://data.europa.eu/esco/concept-scheme/skills";
    private const string DefaultLanguage = "en";

    /// <summary>What it says of itself, by the languages it is said in.</summary>
    public static readonly IReadOnlyDictionary<string, string> Unsealed = new Dictionary<string, string>
    {
        ["en"] = "This document bears no electronic seal. It is made of a signed micro-credential, which is attached "
            + "and can be verified.",
        ["de"] = "Dieses Dokument trägt kein elektronisches Siegel. Es ist aus einem signierten Nachweis gemacht, der "
            + "angehängt ist und geprüft werden kann.",
    };

    // The concepts of the EU's list of modes of learning; it has none for volunteering.
    private static readonly Dictionary<string, (string Code, string Name)> Modes = new()
    {
        ["onsite"] = ("9191af2ed9", "Presential"),
        ["online"] = ("920fbb3cbe", "Online"),
        ["blended"] = ("e92d221e4d", "Blended"),
        ["workBased"] = ("729f3bed4b", "Workbased"),
    };

    /// <summary>The award.</summary>
    public required CredentialAward Award { get; init; }

    /// <summary>Where anybody sees whether it stands.</summary>
    public required string Page { get; init; }

    /// <summary>What it looks like, a PNG.</summary>
    public required ReadOnlyMemory<byte> Picture { get; init; }

    private CredentialContent Content => Award.Content;

    private string Id => Content.Id ?? "";

    /// <summary>
    /// The language of the award's texts: that of teaching, since a credential does not say in which they are written.
    /// </summary>
    private string Language => Content.Language?.Split('-')[0] ?? DefaultLanguage;

    /// <summary>Writes it, as JSON-LD.</summary>
    public byte[] Write() => System.Text.Encoding.UTF8.GetBytes(Document().ToJsonString(LedgerJson.Options));

    private JsonObject Document()
    {
        string awarded = CredentialTime.Write(Content.Awarded ?? DateTimeOffset.UnixEpoch);
        var body = Organisation();
        var document = new JsonObject
        {
            ["@context"] = new JsonArray(
                "https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"),
            ["id"] = Id.Replace("urn:uuid:", "urn:credential:", StringComparison.Ordinal),
            ["type"] = new JsonArray("VerifiableCredential", DocumentType),
            ["credentialSchema"] = new JsonObject
            {
                ["id"] = Vocabulary + "model/ap/edc-generic-full",
                ["type"] = "ShaclValidator2017",
            },
            ["credentialProfiles"] = Concept("credential", "e34929035b", "Generic"),
            ["identifier"] = Identifier("identifier", "urn:uuid", Id),
            ["issuer"] = body,
            ["issued"] = awarded,
            ["issuanceDate"] = awarded,
            ["validFrom"] = awarded,
            ["displayParameter"] = Display(),
            ["credentialSubject"] = Person(Achievement((JsonObject)body.DeepClone())),
            [AttachmentMember] = Media(
                "attachment", "JSON", Award.Document, Text("en", "The signed micro-credential")),
        };
        if (Content.ValidUntil is { } until)
        {
            document["validUntil"] = CredentialTime.Write(until);
            document["expirationDate"] = CredentialTime.Write(until);
        }

        return document;
    }

    private JsonObject Person(JsonObject achievement)
    {
        var person = Node("person", "Person");
        if (Content.Learner is { } name) person["fullName"] = Text(name);
        person["hasClaim"] = achievement;
        return person;
    }

    private JsonObject Organisation()
    {
        string did = Content.IssuerDid ?? "";
        var body = new JsonObject
        {
            ["id"] = did,
            ["type"] = "Organisation",
            ["legalName"] = Text(Content.AwardingBody ?? did),
            ["location"] = Location(),
        };
        var others = new JsonArray();
        foreach (var identifier in Content.IssuerIdentifiers)
        {
            if (identifier is not { Name: { } value, Note: { } kind }) continue;

            // It is what a seal would name its owner by, and is said of who has one alone.
            if (kind == "eidas") body["eIDASIdentifier"] = LegalIdentifier(value);
            else others.Add(Identifier("organisation-" + kind, kind, value));
        }

        if (others.Count > 0) body["identifier"] = others;
        if (Content.Website is { } website) body["homepage"] = WebResource("homepage", website);
        return body;
    }

    private JsonObject Location()
    {
        var location = Node("location", "Location");
        var address = Node("address", "Address");
        if (Country() is { } country) address["countryCode"] = country;
        location["address"] = address;
        return location;
    }

    private JsonObject? Country() => Content.Country is { } code && ThreeLetterCodes.OfCountry(code) is { } letters
        ? AuthorityConcept("country", letters) : null;

    private JsonObject LegalIdentifier(string value)
    {
        var identifier = Node("legal-identifier", "LegalIdentifier");
        identifier["notation"] = value;
        if (Country() is { } country) identifier["spatial"] = country;
        return identifier;
    }

    private JsonObject Achievement(JsonObject body)
    {
        var achievement = Node("achievement", "LearningAchievement");
        achievement["title"] = Text(Content.Title ?? "");
        if (Content.Description is { } description) achievement["description"] = Text(description);
        var awarding = Node("awarding", "AwardingProcess");
        awarding["awardingBody"] = body;
        if (Content.Awarded is { } awarded) awarding["awardingDate"] = CredentialTime.Write(awarded);
        achievement["awardedBy"] = awarding;
        achievement["additionalNote"] = Note("unsealed", Texts(Unsealed));
        achievement["supplementaryDocument"] = WebResource("page", Page);
        achievement["specifiedBy"] = Specification();
        if (CreditPoint("credit-received") is { } credits) achievement["creditReceived"] = credits;
        if (Content.Grade is { } grade)
        {
            var assessment = Node("assessment", "LearningAssessment");
            assessment["title"] = Text(Content.Assessment ?? Content.Title ?? "");
            assessment["grade"] = Note("grade", Text(grade));
            assessment["awardedBy"] = new JsonObject { ["id"] = IdOf("awarding"), ["type"] = "AwardingProcess" };
            achievement["provenBy"] = assessment;
        }

        return achievement;
    }

    /// <summary>What was learnt. Only a qualification has a level of the EQF: it is a part of one.</summary>
    private JsonObject Specification()
    {
        var specification = Node(
            "specification", Content.EqfLevel is null ? "LearningAchievementSpecification" : "Qualification");
        specification["title"] = Text(Content.Title ?? "");
        if (Content.AchievementId is { } id)
            specification["identifier"] = Identifier("achievement-identifier", "achievement", id);
        specification["category"] = Text(DefaultLanguage, "Micro-credential");
        if (Content.EqfLevel is { } level)
        {
            specification["isPartialQualification"] = true;
            specification["eqfLevel"] = Concept("eqf", level, $"Level {level}");
        }

        if (Content.FieldOfStudy is { } field) specification["thematicArea"] = Concept("isced-f", field, field);
        if (Content.Language is { } tag && ThreeLetterCodes.OfLanguage(tag) is { } language)
            specification["language"] = AuthorityConcept("language", language);
        if (Content.Participation is { } form && Modes.TryGetValue(form, out var mode))
            specification["mode"] = Concept("learning-assessment", mode.Code, mode.Name);
        if (CreditPoint("credit-point") is { } credits) specification["creditPoint"] = credits;
        if (Content.WorkloadHours is { } hours) specification["volumeOfLearning"] = Duration(hours);
        if (Outcomes() is { Count: > 0 } outcomes) specification["learningOutcome"] = outcomes;
        if (Content.Prerequisites is { } needed)
            specification["entryRequirement"] = Note("entry-requirement", Text(needed));
        if (Content.Assessment is { } assessment)
        {
            var assessed = Node("assessment-specification", "LearningAssessmentSpecification");
            assessed["title"] = Text(assessment);
            specification["provenBy"] = assessed;
        }

        if (Notes() is { Count: > 0 } notes) specification["additionalNote"] = notes;
        return specification;
    }

    private JsonArray Outcomes()
    {
        var outcomes = new JsonArray();
        foreach (string outcome in Content.LearningOutcomes)
        {
            var written = Node(Number("outcome", outcomes.Count), "LearningOutcome");
            written["title"] = Text(outcome);
            outcomes.Add(written);
        }

        // Which outcome a skill belongs to a credential does not say: each is one of its own.
        foreach (var skill in Content.Skills)
        {
            if (skill is not { Name: { } name, Url: { } url }) continue;
            var written = Node(Number("outcome", outcomes.Count), "LearningOutcome");
            written["title"] = Text(name);
            bool isEsco = url.StartsWith("http://data.europa.eu/esco/", StringComparison.Ordinal);
            if (isEsco) written["relatedESCOSkill"] = Concept(url, EscoSkills, name, DefaultLanguage);
            outcomes.Add(written);
        }

        return outcomes;
    }

    private JsonArray Notes()
    {
        (string Heading, string? Value)[] said =
        [
            ("Quality assurance", Content.QualityAssurance), ("Stacks into", Content.StacksInto),
            ("Supervision", Content.Supervision), ("Participation", Content.Participation),
            ("Further information", Content.FurtherInformation),
        ];
        return
        [
            .. said.Where(one => one.Value is not null)
                .Select((one, i) => Note(Number("note", i), Text(DefaultLanguage, $"{one.Heading}: {one.Value}"))),
        ];
    }

    private JsonObject? CreditPoint(string name)
    {
        if (Content.Credits is not { } credits) return null;
        var point = Node(name, "CreditPoint");
        point["framework"] = Concept("education-credit", "6fcec5c5af", "European Credit Transfer System");
        point["point"] = credits.ToString("0.############", CultureInfo.InvariantCulture);
        return point;
    }

    private JsonObject Display()
    {
        var display = Node("display", "DisplayParameter");
        display["title"] = Text(Content.Title ?? "");
        display["description"] = Texts(Unsealed);
        display["primaryLanguage"] = DisplayLanguage();
        display["language"] = DisplayLanguage();
        var individual = Node("individual-display", "IndividualDisplay");
        individual["language"] = DisplayLanguage();
        var detail = Node("display-detail", "DisplayDetail");
        detail["image"] = Media("picture", "PNG", Picture);
        detail["page"] = 1;
        individual["displayDetail"] = detail;
        display["individualDisplay"] = individual;
        return display;
    }

    private JsonObject DisplayLanguage() => AuthorityConcept(
        "language", ThreeLetterCodes.OfLanguage(Language) ?? ThreeLetterCodes.OfLanguage(DefaultLanguage)!);

    private JsonObject Media(string name, string fileType, ReadOnlyMemory<byte> content, JsonObject? title = null)
    {
        var media = Node(name, "MediaObject");
        if (title is not null) media["title"] = title;
        media["content"] = Convert.ToBase64String(content.Span);
        media["contentEncoding"] = Concept("encoding", "6146cde7dd", "base64");
        media["contentType"] = AuthorityConcept("file-type", fileType);
        return media;
    }

    private JsonObject Note(string name, JsonObject text)
    {
        var note = Node(name, "Note");
        note["noteLiteral"] = text;
        return note;
    }

    private JsonObject WebResource(string name, string url)
    {
        var resource = Node(name, "WebResource");
        resource["contentURL"] = url;
        return resource;
    }

    private JsonObject Identifier(string name, string scheme, string value)
    {
        var identifier = Node(name, "Identifier");
        identifier["schemeName"] = scheme;
        identifier["notation"] = value;
        return identifier;
    }

    private JsonObject Text(string text) => Text(Language, text);

    private static JsonObject Text(string language, string text) => new() { [language] = text };

    private static JsonObject Texts(IReadOnlyDictionary<string, string> texts)
    {
        var said = new JsonObject();
        foreach (var (language, text) in texts) said[language] = text;
        return said;
    }

    private static JsonObject Concept(string list, string code, string name) => Concept(
        $"{Vocabulary}{list}/{code}", $"{Vocabulary}{list}/{VocabularyScheme}", name, DefaultLanguage);

    private static JsonObject AuthorityConcept(string list, string code) =>
        Concept($"{Authority}{list}/{code}", Authority + list, code, DefaultLanguage);

    private static JsonObject Concept(string id, string scheme, string name, string language) => new()
    {
        ["id"] = id,
        ["type"] = "Concept",
        ["inScheme"] = new JsonObject { ["id"] = scheme, ["type"] = "ConceptScheme" },
        ["prefLabel"] = Text(language, name),
    };

    private JsonObject Node(string name, string type) => new() { ["id"] = IdOf(name), ["type"] = type };

    private string IdOf(string name) => $"{Id}#{name}";

    private static string Number(string name, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}-{index + 1}");

    // XML Schema's durations have no fractions of hours.
    private static string Duration(double hours)
    {
        var time = TimeSpan.FromHours(hours);
        string minutes = time.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}M") : "";
        return string.Create(CultureInfo.InvariantCulture, $"PT{(int)time.TotalHours}H{minutes}");
    }
}
