using System.Globalization;
using System.Text;
using System.Xml;

namespace MicroCreds.Ledger.Credentials.Shapes;

/// <summary>
/// Writes what a learner was awarded as an EMREX ELMO file (version 1.7 of its schema), for systems that take results
/// that way. Each credential lies in it as an attachment, letter by letter as it was signed: the file itself is not
/// signed, and what it says beside them is for reading.
/// </summary>
public static class ElmoWriter
{
    /// <summary>The namespace of ELMO, the same in all versions 1.</summary>
    public const string Namespace = "https://github.com/emrex-eu/elmo-schemas/tree/v1";

    internal const string AttachmentType = "Micro Credential";

    /// <summary>Writes a file, UTF-8 without a byte order mark.</summary>
    /// <param name="awards">What was awarded, at least one, all to one learner.</param>
    /// <param name="madeAt">When the file is made.</param>
    public static byte[] Write(IReadOnlyList<CredentialAward> awards, DateTimeOffset madeAt)
    {
        ArgumentNullException.ThrowIfNull(awards);
        ArgumentOutOfRangeException.ThrowIfZero(awards.Count);
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            string time = CredentialTime.Write(madeAt);
            xml.WriteStartElement("elmo", Namespace);
            Say(xml, "generatedDate", time);
            WriteLearner(xml, awards);
            foreach (var report in awards.GroupBy(one => one.Content.IssuerDid))
                WriteReport(xml, [.. report], time);
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void WriteLearner(XmlWriter xml, IReadOnlyList<CredentialAward> awards)
    {
        xml.WriteStartElement("learner", Namespace);
        if (awards.Select(one => one.Content.LearnerId).Distinct().ToList() is [{ } id])
        {
            xml.WriteStartElement("identifier", Namespace);
            xml.WriteAttributeString(
                "type", id.Contains(":esi:", StringComparison.Ordinal) ? "esi" : "identifier");
            xml.WriteString(Clean(id));
            xml.WriteEndElement();
        }

        // A credential has the name whole, and which part of it is the family's nobody can tell; the schema asks for an
        // empty text where a part is not known.
        Say(xml, "givenNames", "");
        Say(xml, "familyName", awards[0].Content.Learner ?? "");
        xml.WriteEndElement();
    }

    private static void WriteReport(XmlWriter xml, IReadOnlyList<CredentialAward> awards, string time)
    {
        xml.WriteStartElement("report", Namespace);
        WriteIssuer(xml, awards[0].Content);
        foreach (var award in awards) WriteAward(xml, award.Content);
        Say(xml, "issueDate", time);
        foreach (var award in awards) WriteAttachment(xml, award);
        xml.WriteEndElement();
    }

    private static void WriteIssuer(XmlWriter xml, CredentialContent content)
    {
        string did = content.IssuerDid ?? "";
        xml.WriteStartElement("issuer", Namespace);
        if (content.Country is { } country) Say(xml, "country", country);
        SayIdentifier(xml, "did", did);
        foreach (var identifier in content.IssuerIdentifiers)
        {
            if (identifier is { Name: { } value, Note: { } kind }) SayIdentifier(xml, kind, value);
        }

        SayIn(xml, "title", language: null, content.AwardingBody ?? did);
        Say(xml, "url", content.Website ?? IssuerIdentity.UrlOf(did) ?? did);
        xml.WriteEndElement();
    }

    private static void WriteAward(XmlWriter xml, CredentialContent content)
    {
        xml.WriteStartElement("learningOpportunitySpecification", Namespace);
        if (content.AchievementId is { } achievement) SayIdentifier(xml, "achievement", achievement);
        SayIn(xml, "title", content.Language, content.Title ?? "");
        if (content.FieldOfStudy is { } field) Say(xml, "iscedCode", field);
        if (content.Description is { } description) SayIn(xml, "description", content.Language, description);
        xml.WriteStartElement("specifies", Namespace);
        xml.WriteStartElement("learningOpportunityInstance", Namespace);
        SayIdentifier(xml, "credential", content.Id ?? "");
        if (content.Awarded is { } awarded)
            Say(xml, "date", awarded.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Say(xml, "status", "passed");
        if (content.Grade is { } grade) Say(xml, "resultLabel", grade);
        if (content.Credits is { } credits)
        {
            xml.WriteStartElement("credit", Namespace);
            Say(xml, "scheme", content.CreditSystem is null or "ECTS" ? "ects" : content.CreditSystem);
            Say(xml, "value", Decimal(credits));
            xml.WriteEndElement();
        }

        if (content.EqfLevel is { } level)
        {
            xml.WriteStartElement("level", Namespace);
            Say(xml, "type", "EQF");
            Say(xml, "value", level);
            xml.WriteEndElement();
        }

        if (content.Language is { } language) Say(xml, "languageOfInstruction", language);
        xml.WriteStartElement("attachments", Namespace);
        Say(xml, "ref", content.Id ?? "");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteAttachment(XmlWriter xml, CredentialAward award)
    {
        xml.WriteStartElement("attachment", Namespace);
        SayIdentifier(xml, "internal", award.Content.Id ?? "");
        SayIn(xml, "title", award.Content.Language, award.Content.Title ?? "");
        Say(xml, "type", AttachmentType);
        Say(xml, "content", "data:application/vc;base64," + Convert.ToBase64String(award.Document.Span));
        xml.WriteEndElement();
    }

    private static void SayIdentifier(XmlWriter xml, string kind, string value)
    {
        xml.WriteStartElement("identifier", Namespace);
        xml.WriteAttributeString("type", Clean(kind));
        xml.WriteString(Clean(value));
        xml.WriteEndElement();
    }

    private static void SayIn(XmlWriter xml, string name, string? language, string text)
    {
        xml.WriteStartElement(name, Namespace);
        if (language is not null) xml.WriteAttributeString("xml", "lang", null, Clean(language));
        xml.WriteString(Clean(text));
        xml.WriteEndElement();
    }

    private static void Say(XmlWriter xml, string name, string text) =>
        xml.WriteElementString(name, Namespace, Clean(text));

    // XML has no place for some letters that JSON takes.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(IsXml));

    private static bool IsXml(Rune rune) => rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value);

    // A decimal of XML Schema has no exponent.
    private static string Decimal(double number) => number.ToString("0.############", CultureInfo.InvariantCulture);
}

/// <summary>A credential that is put into another shape.</summary>
/// <param name="Content">What it says. Personal: never log it.</param>
/// <param name="Document">The credential as it was signed, JSON with its proof.</param>
public sealed record CredentialAward(CredentialContent Content, ReadOnlyMemory<byte> Document)
{
    /// <summary>Takes an own document as it was signed; nothing about it is checked.</summary>
    public static CredentialAward Of(byte[] document) => new(CredentialContent.OfOwn(document), document);
}
