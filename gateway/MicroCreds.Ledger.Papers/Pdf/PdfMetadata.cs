using System.Globalization;
using System.Security;
using System.Text;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>What the document says of itself, as XMP and, the same, as document information.</summary>
internal static class PdfMetadata
{
    private const string Producer = "MicroCreds.Ledger";

    /// <summary>The XMP packet: PDF/A-3, level A.</summary>
    public static byte[] Xmp(Paper paper)
    {
        string moment = paper.MadeAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string title = Escaped(PaperTitle(paper));
        return Encoding.UTF8.GetBytes(
            $"""
            <?xpacket begin="{'\ufeff'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
              xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
              xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
            <pdfaid:part>3</pdfaid:part>
            <pdfaid:conformance>A</pdfaid:conformance>
            <dc:format>application/pdf</dc:format>
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
            <dc:creator><rdf:Seq><rdf:li>{Escaped(PdfText.Plain(paper.IssuerName))}</rdf:li></rdf:Seq></dc:creator>
            <dc:language><rdf:Bag><rdf:li>{Escaped(paper.Language)}</rdf:li></rdf:Bag></dc:language>
            <xmp:CreateDate>{moment}</xmp:CreateDate>
            <xmp:ModifyDate>{moment}</xmp:ModifyDate>
            <xmp:MetadataDate>{moment}</xmp:MetadataDate>
            <xmp:CreatorTool>{Producer}</xmp:CreatorTool>
            <pdf:Producer>{Producer}</pdf:Producer>
            </rdf:Description>
            </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """);
    }

    /// <summary>The document information.</summary>
    public static string Info(Paper paper) =>
        $"<</Title {PdfText.String(PaperTitle(paper))} /Author {PdfText.String(PdfText.Plain(paper.IssuerName))} "
        + $"/Creator {PdfText.String(Producer)} /Producer {PdfText.String(Producer)} "
        + $"/CreationDate {PdfText.Time(paper.MadeAt)} /ModDate {PdfText.Time(paper.MadeAt)}>>";

    private static string PaperTitle(Paper paper) => PdfText.Plain($"{paper.Title} – {paper.LearnerName}");

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
