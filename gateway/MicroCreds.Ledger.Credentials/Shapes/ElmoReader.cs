using System.Globalization;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using MicroCreds.Ledger.Credentials.Foreign;

namespace MicroCreds.Ledger.Credentials.Shapes;

/// <summary>
/// Reads EMREX ELMO files, of whoever: what they claim was achieved, and what is attached. No document type, no
/// entities, nothing fetched; bounded in size, depth and number.
/// </summary>
public static class ElmoReader
{
    /// <summary>The most characters of a file.</summary>
    public const int MaxCharacters = 2 * 1024 * 1024;

    /// <summary>The most elements of a file.</summary>
    public const int MaxElements = 50_000;

    /// <summary>How deep elements may lie in each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most results that are read; the rest is left out, and that is said.</summary>
    public const int MaxResults = 200;

    private static readonly XNamespace Elmo = ElmoWriter.Namespace;

    /// <summary>Tells whether it is XML whose root is ELMO's, by its beginning alone.</summary>
    public static bool Is(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var reader = Open(bytes, DtdProcessing.Ignore);
            return reader.MoveToContent() == XmlNodeType.Element && reader.LocalName == "elmo"
                && reader.NamespaceURI == ElmoWriter.Namespace;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <exception cref="FormatException">It is no ELMO file that is read here; the message says why.</exception>
    public static ElmoFile Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            RefuseDocumentType(bytes);
            Measure(bytes);
            using var reader = Open(bytes, DtdProcessing.Prohibit);
            var root = XDocument.Load(reader).Root!;
            if (root.Name != Elmo + "elmo")
                throw new FormatException($"Its root must be elmo of the namespace {ElmoWriter.Namespace}.");
            var results = root.Elements(Elmo + "report").SelectMany(ResultsOf).Take(MaxResults + 1).ToList();
            return new ElmoFile(
                [.. results.Take(MaxResults)], results.Count > MaxResults,
                [
                    .. root.Descendants(Elmo + "attachment").Elements(Elmo + "content").Select(ValueOf).OfType<string>()
                        .Select(text => text.Trim())
                        .Where(text => text.StartsWith("data:", StringComparison.OrdinalIgnoreCase)),
                ]);
        }
        catch (XmlException e)
        {
            string where = e.LineNumber > 0 ? $"Line {e.LineNumber}: it" : "It";
            throw new FormatException(
                $"{where} is no sound XML, or has more than {MaxCharacters} characters.", e);
        }
    }

    /// <summary>Nothing of a document type is read: it could define texts without end, or name files.</summary>
    private static void RefuseDocumentType(ReadOnlyMemory<byte> bytes)
    {
        using var reader = Open(bytes, DtdProcessing.Parse);
        while (reader.Read() && reader.NodeType != XmlNodeType.Element)
        {
            if (reader.NodeType == XmlNodeType.DocumentType)
                throw new FormatException("It has a document type declaration, which is not read: leave that out.");
        }
    }

    /// <summary>Walks through it once, before anything is built of it.</summary>
    private static void Measure(ReadOnlyMemory<byte> bytes)
    {
        using var reader = Open(bytes, DtdProcessing.Prohibit);
        int elements = 0;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && ++elements > MaxElements)
                throw new FormatException($"It has more than {MaxElements} elements: send it in parts.");
            if (reader.Depth > MaxDepth)
            {
                var at = (IXmlLineInfo)reader;
                throw new FormatException(
                    $"Line {at.LineNumber}: its elements lie deeper than {MaxDepth} in each other.");
            }
        }
    }

    private static XmlReader Open(ReadOnlyMemory<byte> bytes, DtdProcessing dtd) => XmlReader.Create(
        new MemoryStream(bytes.ToArray()),
        new XmlReaderSettings
        {
            DtdProcessing = dtd,
            XmlResolver = null,
            MaxCharactersInDocument = MaxCharacters,
            MaxCharactersFromEntities = 1,
            CloseInput = true,
        });

    private static IEnumerable<ClaimedResult> ResultsOf(XElement report)
    {
        string? issuer = TextOf(report.Element(Elmo + "issuer"), "title");
        foreach (var specification in report.Descendants(Elmo + "learningOpportunitySpecification"))
        {
            var instance = specification.Element(Elmo + "specifies")?.Element(Elmo + "learningOpportunityInstance");
            var credits = instance?.Elements(Elmo + "credit").ToList() ?? [];
            var credit = credits.Find(one => IsEcts(one)) ?? credits.FirstOrDefault();
            yield return new ClaimedResult
            {
                Title = TextOf(specification, "title"),
                Issuer = issuer,
                Code = ClaimedText.Of(ValueOf(specification.Elements(Elmo + "identifier").FirstOrDefault())),
                Status = TextOf(instance, "status"),
                Grade = TextOf(instance, "resultLabel"),
                Credits = NumberOf(TextOf(credit, "value")),
                CreditSystem = credit is null ? null : IsEcts(credit) ? "ECTS" : TextOf(credit, "scheme"),
                EqfLevel = instance?.Elements(Elmo + "level").Where(one => TextOf(one, "type") == "EQF")
                    .Select(one => TextOf(one, "value")).FirstOrDefault(),
                FieldOfStudy = TextOf(specification, "iscedCode"),
                Language = TextOf(instance, "languageOfInstruction"),
                Date = TextOf(instance, "date"),
                IsPart = specification.Parent?.Name == Elmo + "hasPart",
            };
        }
    }

    // Texts hold nothing but text: of elements in each other each would have all the texts within it once more.
    private static string? ValueOf(XElement? element) => element is { HasElements: false } ? element.Value : null;

    private static bool IsEcts(XElement credit) =>
        string.Equals(TextOf(credit, "scheme"), "ects", StringComparison.OrdinalIgnoreCase);

    /// <summary>Of a text in several languages English, where it is there, else the first.</summary>
    private static string? TextOf(XElement? parent, string name)
    {
        var found = parent?.Elements(Elmo + name).ToList() ?? [];
        var chosen = found.Find(one => one.Attribute(XNamespace.Xml + "lang")?.Value is { } tag
            && tag.StartsWith("en", StringComparison.OrdinalIgnoreCase)) ?? found.FirstOrDefault();
        return ClaimedText.Of(ValueOf(chosen));
    }

    private static double? NumberOf(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number) ? number : null;
}

/// <summary>What an ELMO file holds. Nothing in it is verified; personal: never log it.</summary>
/// <param name="Results">What it claims was achieved, in its order.</param>
/// <param name="HasMore">Whether there was more than is read.</param>
/// <param name="Attachments">What is attached, each a data: address.</param>
public sealed record ElmoFile(
    IReadOnlyList<ClaimedResult> Results, bool HasMore, IReadOnlyList<string> Attachments);

/// <summary>
/// What a transcript claims was achieved: each text cleaned, and cut to a length. It is what whoever wrote the file
/// says, and nobody's signed word.
/// </summary>
public sealed record ClaimedResult
{
    /// <summary>What it is called.</summary>
    public string? Title { get; init; }

    /// <summary>Who is said to have awarded it.</summary>
    public string? Issuer { get; init; }

    /// <summary>What it is called by there.</summary>
    public string? Code { get; init; }

    /// <summary><c>passed</c>, <c>failed</c> or <c>in-progress</c>, as the file says it.</summary>
    public string? Status { get; init; }

    /// <summary>The grade.</summary>
    public string? Grade { get; init; }

    /// <summary>How many credits.</summary>
    public double? Credits { get; init; }

    /// <summary>What they are counted in.</summary>
    public string? CreditSystem { get; init; }

    /// <summary>The level of the EQF.</summary>
    public string? EqfLevel { get; init; }

    /// <summary>The field of study, ISCED-F.</summary>
    public string? FieldOfStudy { get; init; }

    /// <summary>The language of teaching.</summary>
    public string? Language { get; init; }

    /// <summary>When, a day.</summary>
    public string? Date { get; init; }

    /// <summary>Whether it is a part of the one before that is none: its credits are among that one's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPart { get; init; }
}
