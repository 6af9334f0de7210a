using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace MicroCreds.Ledger.Papers;

/// <summary>
/// An SVG with a credential inside, as Open Badges 3.0 says: an element <c>openbadges:credential</c> directly after the
/// start of the drawing, with the JSON as CDATA, or a compact JWS in its attribute <c>verify</c>. All members can be
/// called from several threads.
/// </summary>
public static class BakedSvg
{
    /// <summary>The most bytes of an SVG.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int MaxDepth = 256;
    private const string Verify = "verify";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XNamespace Badges = "https://purl.imsglobal.org/ob/v3p0";
    private static readonly XNamespace OlderBadges = "http://openbadges.org";

    private static readonly XmlReaderSettings Settings = new()
    {
        // A document type may stand there, as drawing programs write it; what it declares is not read.
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
    };

    private static readonly XmlWriterSettings Writing = new()
    {
        Encoding = new UTF8Encoding(false),
        NewLineHandling = NewLineHandling.None,
    };

    /// <summary>Puts a credential into an SVG, in the place of an earlier one of whichever version.</summary>
    /// <param name="svg">The drawing.</param>
    /// <param name="credential">The credential's JSON, or a compact JWS.</param>
    /// <exception cref="PaperException">It is no SVG, too large or too deep.</exception>
    public static byte[] Bake(byte[] svg, string credential)
    {
        ArgumentNullException.ThrowIfNull(svg);
        ArgumentNullException.ThrowIfNull(credential);
        return Read(svg, reader =>
        {
            var root = XElement.Load(reader, LoadOptions.PreserveWhitespace);
            if (root.Name != Svg + "svg") throw NoSvg(null);
            foreach (var earlier in root.Descendants().Where(IsBaked).ToList()) earlier.Remove();
            root.SetAttributeValue(XNamespace.Xmlns + "openbadges", Badges.NamespaceName);
            bool isJson = credential.AsSpan().TrimStart().StartsWith("{");
            root.AddFirst(new XElement(
                Badges + "credential",
                isJson ? new XCData(credential) : new XAttribute(Verify, credential.Trim())));
            using var baked = new MemoryStream();
            using (var writer = XmlWriter.Create(baked, Writing)) root.Save(writer);
            return baked.ToArray();
        });
    }

    /// <summary>The credential inside of an SVG: its JSON, or a compact JWS; null where there is none.</summary>
    /// <exception cref="PaperException">It is no SVG, too large or too deep.</exception>
    public static string? Unbake(byte[] svg)
    {
        ArgumentNullException.ThrowIfNull(svg);
        return All(svg, Badges, "credential").FirstOrDefault();
    }

    /// <summary>
    /// All that is inside of an SVG in that way, wherever it stands: a badge has one credential, but a file may have
    /// several, of which no reader may choose one in silence.
    /// </summary>
    /// <exception cref="PaperException">It is no SVG, too large or too deep.</exception>
    public static IReadOnlyList<string> UnbakeAll(byte[] svg)
    {
        ArgumentNullException.ThrowIfNull(svg);
        return All(svg, Badges, "credential");
    }

    /// <summary>
    /// What a badge of an older version of Open Badges has inside: an assertion's JSON, a JWS or an address; null where
    /// there is none.
    /// </summary>
    /// <exception cref="PaperException">It is no SVG, too large or too deep.</exception>
    public static string? UnbakeOlder(byte[] svg)
    {
        ArgumentNullException.ThrowIfNull(svg);
        return All(svg, OlderBadges, "assertion").FirstOrDefault();
    }

    private static bool IsBaked(XElement element) =>
        element.Name == Badges + "credential" || element.Name == OlderBadges + "assertion";

    private static List<string> All(byte[] svg, XNamespace names, string name) => Read(svg, reader =>
    {
        var found = new List<string>();
        bool isRoot = true;
        while (found.Count < BakedPng.MaxCredentials && reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (isRoot && (reader.LocalName != "svg" || reader.NamespaceURI != Svg.NamespaceName)) throw NoSvg(null);
            isRoot = false;
            if (reader.LocalName != name || reader.NamespaceURI != names.NamespaceName) continue;
            string? verify = reader.GetAttribute(Verify);
            string content = Content(reader).Trim();
            if (content.Length > 0) found.Add(content);
            else if (verify is not null) found.Add(verify);
        }

        return isRoot ? throw NoSvg(null) : found;
    });

    private static string Content(XmlReader reader)
    {
        if (reader.IsEmptyElement) return "";
        var content = new StringBuilder();
        int depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType is XmlNodeType.CDATA or XmlNodeType.Text or XmlNodeType.SignificantWhitespace
                or XmlNodeType.Whitespace)
            {
                content.Append(reader.Value);
            }
        }

        return content.ToString();
    }

    private static T Read<T>(byte[] svg, Func<XmlReader, T> read)
    {
        if (svg.Length > MaxBytes) throw new PaperException($"An SVG has at most {MaxBytes} bytes.");
        try
        {
            using (var counter = XmlReader.Create(new MemoryStream(svg), Settings))
            {
                while (counter.Read())
                {
                    if (counter.Depth > MaxDepth) throw new PaperException("The SVG is deeper than is read.");
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(svg), Settings);
            return read(reader);
        }
        catch (Exception exception) when (exception is XmlException or ArgumentException)
        {
            throw NoSvg(exception);
        }
    }

    private static PaperException NoSvg(Exception? exception) =>
        new("The file is no SVG that can be read.", exception);
}
