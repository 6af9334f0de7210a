using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using MicroCreds.Ledger.Papers;
using UglyToad.PdfPig;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Papers;

/// <summary>Papers, judged by readers that others wrote.</summary>
public sealed class PaperPdfTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("papers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Paper_Ordinary_IsOnePageWithAllThatItSays()
    {
        using var pdf = PdfDocument.Open(PaperPdf.Write(SamplePaper.Ordinary));
        Assert.Equal(1, pdf.NumberOfPages);
        string text = string.Join(' ', pdf.GetPage(1).GetWords().Select(word => word.Text));
        foreach (string part in (string[])["Data Literacy for", "Aino Virtanen", "75 hours (3 ECTS credits)", "EQF 6"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.True(pdf.Advanced.TryGetEmbeddedFiles(out var files));
        var file = Assert.Single(files);
        Assert.Equal(SamplePaper.Ordinary.File.Name, file.Name);
        Assert.Equal(SamplePaper.Credential, file.Memory.ToArray());
    }

    [Fact]
    public void Paper_WrittenTwice_IsTheSameBytes() =>
        Assert.Equal(PaperPdf.Write(SamplePaper.Ordinary), PaperPdf.Write(SamplePaper.Ordinary));

    [Fact]
    public void Paper_Long_GrowsAndLosesNothing()
    {
        using var pdf = PdfDocument.Open(PaperPdf.Write(SamplePaper.Long));
        Assert.InRange(pdf.NumberOfPages, 4, 8);
        string text = string.Concat(pdf.GetPages().SelectMany(page => page.Letters).Select(letter => letter.Value));
        Assert.Contains("Work number 19 described", text, StringComparison.Ordinal);
        Assert.Equal(1500, text.Split("word").Length - 1);
        Assert.Contains("END", text, StringComparison.Ordinal);
        Assert.Contains("This document carries", text, StringComparison.Ordinal);
        foreach (var page in pdf.GetPages())
        {
            Assert.All(page.Letters, letter => Assert.InRange(letter.StartBaseLine.Y, 20, 830));
            Assert.All(page.Letters, letter => Assert.InRange(letter.EndBaseLine.X, 50, 560));
        }
    }

    [Theory]
    [InlineData("Ἀλέξανδρος Παπαδόπουλος")]
    [InlineData("Вишњић Ђорђе")]
    [InlineData("Łukasz Nguyễn Thị Ánh Đỗ")]
    [InlineData("Ærøskøbing Þórunn Ğül İşçi Žďár")]
    public async Task Paper_NameInLatinGreekOrCyrillic_IsSetAndCopied(string name)
    {
        Assert.Equal("", PaperPdf.LettersLacking(name));
        string text = await TextAsync(SamplePaper.Ordinary with { LearnerName = name });
        Assert.Contains(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paper_NameWithMarksOfTheirOwn_IsComposed() =>
        Assert.Contains(
            "Ngu\u1ec5n \u00c5ngstr\u00f6m",
            await TextAsync(SamplePaper.Ordinary with { LearnerName = "Ngue\u0302\u0303n A\u030angstro\u0308m" }),
            StringComparison.Ordinal);

    [Fact]
    public async Task Paper_NameInAnotherScript_SaysSoAndIsCopiedWhole()
    {
        Assert.Equal("李明", PaperPdf.LettersLacking("李明 Li"));
        string text = await TextAsync(SamplePaper.Ordinary with { LearnerName = "李明 Li" });
        Assert.Contains("李明 Li", text, StringComparison.Ordinal);
        Assert.Contains("this page's font lacks letters", text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        string other = await TextAsync(SamplePaper.Ordinary);
        Assert.DoesNotContain("lacks letters", other.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paper_HasNoFaultThatQpdfKnows()
    {
        foreach (var paper in (Paper[])[SamplePaper.Ordinary, SamplePaper.Long])
        {
            await KeepAsync(paper);
            string output = await PaperTool.RunAsync("qpdf", _folder, "--check", "paper.pdf");
            Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Paper_FileWithin_IsDetachedByPoppler()
    {
        await KeepAsync(SamplePaper.Ordinary);
        await PaperTool.RunAsync("pdfdetach", _folder, "-save", "1", "-o", "out.json", "paper.pdf");
        Assert.Equal(
            SamplePaper.Credential,
            await File.ReadAllBytesAsync(Path.Combine(_folder, "out.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Paper_IsTaggedWithEmbeddedFonts()
    {
        await KeepAsync(SamplePaper.Ordinary);
        string info = await PaperTool.RunAsync("pdfinfo", _folder, "paper.pdf");
        Assert.Contains("Data Literacy for Everyone – Aino Virtanen", info, StringComparison.Ordinal);
        Assert.Matches(@"Tagged:\s+yes", info);
        string structure = await PaperTool.RunAsync("pdfinfo", _folder, "-struct-text", "paper.pdf");
        foreach (string part in (string[])["H1", "Table", "TH", "TD", "Figure", "\"Data Literacy for Everyone\""])
            Assert.Contains(part, structure, StringComparison.Ordinal);
        string[] fonts = [.. (await PaperTool.RunAsync("pdffonts", _folder, "paper.pdf"))
            .Split('\n').Skip(2).Where(line => line.Contains('+', StringComparison.Ordinal))];
        Assert.Equal(3, fonts.Length);
        Assert.All(fonts, font => Assert.Matches(@"yes\s+yes\s+yes", font));
    }

    /// <summary>
    /// What PDF/A-3 asks for beyond a PDF's form (ISO 19005-3), as far as it can be seen from outside.
    /// </summary>
    [Fact]
    public void Paper_HasWhatPdfAAsksFor()
    {
        byte[] file = PaperPdf.Write(SamplePaper.Ordinary);
        string text = Encoding.Latin1.GetString(file);
        Assert.StartsWith("%PDF-1.7\n%", text, StringComparison.Ordinal);
        Assert.All(file[10..14], one => Assert.True(one > 127));
        foreach (string part in (string[])
            ["/OutputIntents", "/GTS_PDFA1", "/MarkInfo <</Marked true>>", "/Lang (en)", "/AFRelationship /Source",
                "/Subtype /application#2Fvc", "/CIDToGIDMap /Identity", "/ToUnicode", "/ID ["])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        foreach (string part in (string[])["/Encrypt", "/LZWDecode", "/JavaScript", "/Interpolate", "/TR2"])
            Assert.DoesNotContain(part, text, StringComparison.Ordinal);
        using var pdf = PdfDocument.Open(file);
        Assert.True(pdf.TryGetXmpMetadata(out var metadata));
        var xmp = XDocument.Parse(Encoding.UTF8.GetString(metadata.GetXmlBytes()));
        XNamespace pdfa = "http://www.aiim.org/pdfa/ns/id/";
        Assert.Equal("3", xmp.Descendants(pdfa + "part").Single().Value);
        Assert.Equal("A", xmp.Descendants(pdfa + "conformance").Single().Value);
        XNamespace dublinCore = "http://purl.org/dc/elements/1.1/";
        Assert.Equal(pdf.Information.Title, xmp.Descendants(dublinCore + "title").Single().Value);
        Assert.DoesNotContain("<0000>", text, StringComparison.Ordinal);
    }

    /// <summary>
    /// PDFBox's preflight knows PDF/A-1b: of its rules a paper may break those alone that PDF/A-3 no longer has.
    /// </summary>
    [Fact]
    public async Task Paper_KeepsWhatPdfA1AsksFor_ButWhatPdfA3Allows()
    {
        string[] jars =
        [
            .. ((string[])["preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation",
                "jaxb-api"]).Select(name => $"/usr/share/java/{name}.jar"),
        ];
        Assert.SkipUnless(
            jars.All(File.Exists),
            "PDFBox's preflight is not here (Debian's packages libpdfbox2-java, libactivation-java and "
            + "libjaxb-api-java have it): it judges no paper here.");
        string[] allowed =
        [
            "EmbeddedFile entry is present", "Soft Mask must be null", "CIDSet entry is missing", "part must be 1",
            "is not a valid PDF/A-1b file",
        ];
        foreach (var paper in (Paper[])[SamplePaper.Ordinary, SamplePaper.Long])
        {
            await KeepAsync(paper);
            string output = await PaperTool.RunAsync(
                "sh", _folder, "-c",
                $"java -cp {string.Join(':', jars)} org.apache.pdfbox.preflight.Validator_A1b paper.pdf || true");
            string[] faults = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
            Assert.Contains(faults, fault => fault.Contains("part must be 1", StringComparison.Ordinal));
            Assert.DoesNotContain(
                faults, fault => !allowed.Any(part => fault.Contains(part, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Paper_Codes_AreReadFromItsPage()
    {
        await KeepAsync(SamplePaper.Ordinary);
        await PaperTool.RunAsync("pdftoppm", _folder, "-r", "150", "-png", "paper.pdf", "page");
        byte[] page = await File.ReadAllBytesAsync(
            Directory.GetFiles(_folder, "page*.png").Single(), TestContext.Current.CancellationToken);
        string[] texts = [.. CarriedCredential.Find(page).Contents.Select(one => Encoding.UTF8.GetString(one.Content))];
        Assert.Equal(new[] { SamplePaper.Compact, SamplePaper.Link }.Order(), texts.Order());
    }

    [Fact]
    public void Paper_NothingButWhatMustBe_IsWritten()
    {
        var bare = SamplePaper.Ordinary with { Mark = null, Badge = null, Codes = [], Facts = [] };
        using var pdf = PdfDocument.Open(PaperPdf.Write(bare));
        Assert.Contains("Aurora", pdf.GetPage(1).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Paper_Wrong_IsRefused()
    {
        var paper = SamplePaper.Ordinary;
        foreach (var wrong in (Paper[])
            [
                paper with { Language = "English (UK)" }, paper with { Colour = "blue" },
                paper with { Codes = [new(new string('x', 5000), "")] }, paper with { Foot = new string('x', 9000) },
                paper with { Mark = RandomNumberGenerator.GetBytes(100) }, paper with { Badge = "<svg/>"u8.ToArray() },
                paper with { Codes = [.. Enumerable.Repeat(paper.Codes[1], 3)] },
                paper with { File = paper.File with { Name = "" } },
            ])
        {
            Assert.Throws<PaperException>(() => PaperPdf.Write(wrong));
        }
    }

    private async Task<string> TextAsync(Paper paper)
    {
        await KeepAsync(paper);
        return await PaperTool.RunAsync("pdftotext", _folder, "-raw", "paper.pdf", "-");
    }

    private Task KeepAsync(Paper paper) => File.WriteAllBytesAsync(
        Path.Combine(_folder, "paper.pdf"), PaperPdf.Write(paper), TestContext.Current.CancellationToken);
}
