using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Papers.Fonts;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>A document while it is made: pages, fonts, pictures and structure; at the end its file.</summary>
internal sealed class PdfDocument
{
    /// <summary>A4, in points.</summary>
    public const double Width = 595.276;

    /// <summary>A4, in points.</summary>
    public const double Height = 841.89;

    private readonly PdfFile _file = new();
    private readonly List<PdfPage> _pages = [];
    private readonly List<int> _images = [];

    public PdfFont Sans { get; } = new(Typeface.Sans, "F1");

    public PdfFont SansBold { get; } = new(Typeface.SansBold, "F2");

    public PdfFont SerifBold { get; } = new(Typeface.SerifBold, "F3");

    /// <summary>The root of what who cannot see it reads.</summary>
    public StructureElement Root { get; } = new("Document");

    public IReadOnlyList<PdfPage> Pages => _pages;

    public PdfPage AddPage()
    {
        var page = new PdfPage(_pages.Count, _file.Reserve());
        _pages.Add(page);
        return page;
    }

    /// <summary>Adds a picture to the resources of all pages; returns its name there.</summary>
    public string AddImage(SKBitmap picture)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(picture.GetPixelSpan());
        byte[] colours = new byte[3 * pixels.Length];
        byte[] alphas = new byte[pixels.Length];
        bool isOpaque = true;
        for (int i = 0; i < pixels.Length; i++)
        {
            uint pixel = pixels[i];
            uint alpha = pixel >> 24;
            alphas[i] = (byte)alpha;
            isOpaque &= alpha == 255;
            if (alpha == 0) continue;
            colours[3 * i] = Straight(pixel & 0xff, alpha);
            colours[(3 * i) + 1] = Straight((pixel >> 8) & 0xff, alpha);
            colours[(3 * i) + 2] = Straight((pixel >> 16) & 0xff, alpha);
        }

        string size = string.Create(
            CultureInfo.InvariantCulture,
            $"/Type /XObject /Subtype /Image /Width {picture.Width} /Height {picture.Height} /BitsPerComponent 8");
        string mask = isOpaque
            ? ""
            : $" /SMask {_file.AddStream($"{size} /ColorSpace /DeviceGray", alphas, CompressionLevel.Fastest)} 0 R";
        _images.Add(_file.AddStream($"{size} /ColorSpace /DeviceRGB{mask}", colours, CompressionLevel.Fastest));
        return $"I{_images.Count}";

        static byte Straight(uint channel, uint alpha) =>
            (byte)Math.Min(255, ((channel * 255) + (alpha / 2)) / alpha);
    }

    /// <summary>Writes the file.</summary>
    public byte[] Write(Paper paper)
    {
        int pages = _file.Reserve();
        WritePages(pages);
        int structure = WriteStructure();
        int metadata = _file.AddStream(
            "/Type /Metadata /Subtype /XML", PdfMetadata.Xmp(paper), level: null);
        int profile = _file.AddStream("/N 3", SrgbProfile.Content);
        int intent = _file.Add(
            "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "
            + $"/Info (sRGB IEC61966-2.1) /RegistryName (http://www.color.org) /DestOutputProfile {profile} 0 R>>");
        int attached = WriteAttachment(paper);
        string name = PdfText.String(PdfText.Plain(paper.File.Name));
        int root = _file.Add(
            $"<</Type /Catalog /Version /1.7 /Pages {pages} 0 R /Lang ({paper.Language}) /MarkInfo <</Marked true>> "
            + $"/ViewerPreferences <</DisplayDocTitle true>> /StructTreeRoot {structure} 0 R "
            + $"/Metadata {metadata} 0 R /OutputIntents [{intent} 0 R] /AF [{attached} 0 R] "
            + $"/Names <</EmbeddedFiles <</Names [{name} {attached} 0 R]>>>>>>");
        return _file.Write(root, _file.Add(PdfMetadata.Info(paper)));
    }

    private void WritePages(int pages)
    {
        var fonts = new StringBuilder();
        foreach (var font in new[] { Sans, SansBold, SerifBold }.Where(font => font.IsUsed))
            fonts.Append(CultureInfo.InvariantCulture, $"/{font.Resource} {font.Write(_file)} 0 R ");
        string images = string.Join(' ', _images.Select((image, i) => $"/I{i + 1} {image} 0 R"));
        int resources = _file.Add($"<</Font <<{fonts}>> /XObject <<{images}>>>>");
        foreach (var page in _pages)
        {
            int content = _file.AddStream("", page.Content);
            _file.Set(
                page.Number,
                $"<</Type /Page /Parent {pages} 0 R /MediaBox [0 0 {PdfText.Number(Width)} {PdfText.Number(Height)}] "
                + $"/Resources {resources} 0 R /Contents {content} 0 R /StructParents {page.Index} /Tabs /S>>");
        }

        string kids = string.Join(' ', _pages.Select(page => $"{page.Number} 0 R"));
        _file.Set(pages, $"<</Type /Pages /Count {_pages.Count} /Kids [{kids}]>>");
    }

    private int WriteStructure()
    {
        int tree = _file.Reserve();
        Root.Write(_file, tree);
        var parents = new StringBuilder();
        foreach (var page in _pages)
        {
            int marks = _file.Add(
                $"[{string.Join(' ', page.Marks.Select(element => $"{element.Number(_file)} 0 R"))}]");
            parents.Append(CultureInfo.InvariantCulture, $"{page.Index} {marks} 0 R ");
        }

        int parentTree = _file.Add($"<</Nums [{parents}]>>");
        _file.Set(
            tree,
            $"<</Type /StructTreeRoot /K {Root.Number(_file)} 0 R /ParentTree {parentTree} 0 R "
            + $"/ParentTreeNextKey {_pages.Count}>>");
        return tree;
    }

    private int WriteAttachment(Paper paper)
    {
        var attached = paper.File;
        // PDF names a file's checksum so; it protects nothing here.
#pragma warning disable CA5351 // ISO 32000-1, table 46, asks for MD5.
        string checksum = Convert.ToHexString(MD5.HashData(attached.Content));
#pragma warning restore CA5351
        int content = _file.AddStream(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/Type /EmbeddedFile /Subtype {PdfText.Name(attached.MediaType)} /Params <</Size "
                + $"{attached.Content.Length} /ModDate {PdfText.Time(paper.MadeAt)} /CheckSum <{checksum}>>>"),
            attached.Content);
        string name = PdfText.String(PdfText.Plain(attached.Name));
        return _file.Add(
            $"<</Type /Filespec /F {name} /UF {name} /Desc {PdfText.String(PdfText.Plain(paper.Title))} "
            + $"/AFRelationship /Source /EF <</F {content} 0 R /UF {content} 0 R>>>>");
    }
}
