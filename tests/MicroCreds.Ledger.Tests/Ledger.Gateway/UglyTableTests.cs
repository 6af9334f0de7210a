using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Tables as they come out of offices, sent to the desk as a browser sends them: what can be read is shown row by row,
/// and what cannot is told in words that help.
/// </summary>
public sealed class UglyTableTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    /// <summary>Each: what it is called, what is in it, and words that the page must say.</summary>
    public static TheoryData<string, string> Files { get; } = new()
    {
        { "nothing", "No file was chosen, or it is empty." },
        { "only the names of columns", "has no row below its first" },
        { "Windows-1252 with a semicolon", "Müller" },
        { "UTF-16 as Excel's Unicode text has it", "Żółć" },
        { "UTF-8 with a mark and a tab", "Ἀριστοτέλης" },
        { "an old Mac's line ends", "Old Mac" },
        { "Excel's sep= line", "Sep Line" },
        { "quoted line breaks and doubled quotes", "\"the Great\"" },
        { "formulas in a name", "=HYPERLINK" },
        { "a formula in a workbook", "id=\"ready\">1<" },
        { "a day as Excel's number", "id=\"faulty\">1<" },
        { "a student number that Excel made a float", "4711" },
        { "empty columns and rows at the end", "id=\"ready\">1<" },
        { "a workbook that says it has a million rows", "id=\"ready\">1<" },
        { "a workbook of two hundred thousand empty rows", "id=\"ready\">1<" },
        { "a cell in the last column of a workbook", "more than 100 cells" },
        { "a zip bomb as a workbook", "It was not opened" },
        { "a workbook that is cut off", "The workbook cannot be read" },
        { "a workbook with a document type of its own", "The workbook cannot be read" },
        { "a workbook with a password", "old Excel" },
        { "an archive of pictures", "The workbook cannot be read" },
        { "a web page that calls itself .xls", "No column names the learners" },
        { "a PDF", "neither a table as text" },
        { "a picture", "neither a table as text" },
        { "a quotation mark that never ends", "A cell does not end" },
        { "fifty megabytes", "The file has more than 32 MiB" },
        { "no column of names", "No column names the learners" },
        { "the same column twice", "id=\"ready\">1<" },
        { "a row with more cells than the names", "id=\"faulty\">1<" },
        { "invisible characters in a name", "id=\"faulty\">1<" },
        { "zero bytes", "neither a table as text" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_IsReadOrToldInWords_AndNeverAFault(string what, string words)
    {
        using var session = new BrowserSession(_gateway.Anyone.BaseAddress!);
        using var signedIn = await session.PostFormAsync(
            "/sign-in", [("key", GatewayHost.ApiKey), ("returnUrl", "/desk/many")]);
        using var start = await session.GetAsync("/desk/many");
        string page = await DeskSession.TextAsync(start);
        var (name, token) = DeskSession.HiddenOf(page)[0];
        using var form = new MultipartFormDataContent
        {
            { new StringContent(token), name },
            { new StringContent("data-literacy"), "achievement" },
        };
        var content = new ByteArrayContent(Make(what));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", "table.csv");

        using var sent = await session.SendAsync(
            HttpMethod.Post, "/desk/many", form, ("Accept", "text/html"));
        using var shown = sent.StatusCode == HttpStatusCode.SeeOther ? await session.FollowAsync(sent) : sent;
        string told = await DeskSession.TextAsync(shown);
        Assert.True((int)shown.StatusCode < 500, $"{what}: {shown.StatusCode} {told}");
        Assert.Equal("text/html", shown.Content.Headers.ContentType?.MediaType);
        Assert.True(told.Contains(words, StringComparison.Ordinal), $"{what}: {shown.StatusCode} {told}");
    }

    private static byte[] Make(string what) => what switch
    {
        "nothing" => [],
        "only the names of columns" => Text("Name;Mail address\r\n"),
        "Windows-1252 with a semicolon" =>
            CodePagesEncodingProvider.Instance.GetEncoding(1252)!
                .GetBytes("Name;Grade\r\nJürgen Müller;sehr gut €\r\n"),
        "UTF-16 as Excel's Unicode text has it" =>
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("Name\tGrade\r\nZażółć Żółć\t5\r\n")],
        "UTF-8 with a mark and a tab" =>
            [.. Encoding.UTF8.GetPreamble(), .. Text("Name\tGrade\r\nἈριστοτέλης\t10\r\n")],
        "an old Mac's line ends" => Text("Name,Grade\rOld Mac,1\r"),
        "Excel's sep= line" => Text("sep=;\r\nName;Grade\r\nSep Line;1,7\r\n"),
        "quoted line breaks and doubled quotes" => Text("Name,Grade\r\n\"Alexander \"\"the Great\"\"\",\"a\r\nb\"\r\n"),
        "formulas in a name" => Text("Name,Grade\r\n\"=HYPERLINK(\"\"http://x.example\"\")\",1\r\n"),
        "a formula in a workbook" => TableTests.Workbook(
            Row(1, Cell("A1", "Name"))
            + Row(2, "<c r=\"A2\" t=\"str\"><f>\"Ai\"&amp;\"no\"</f><v>Aino</v></c>")),
        "a day as Excel's number" => TableTests.Workbook(
            Row(1, Cell("A1", "Name") + Cell("B1", "Valid until"))
            + "<row r=\"2\">" + Cell("A2", "Aino") + "<c r=\"B2\"><v>46022</v></c></row>"),
        "a student number that Excel made a float" => TableTests.Workbook(
            Row(1, Cell("A1", "Name") + Cell("B1", "Student number"))
            + "<row r=\"2\">" + Cell("A2", "Aino") + "<c r=\"B2\"><v>4711.0</v></c></row>"),
        "empty columns and rows at the end" => Text("Name;Grade;;;;\r\nAino;1;;;;\r\n;;;;;\r\n;;;;;\r\n"),
        "a workbook that says it has a million rows" => TableTests.Workbook(
            Row(1, Cell("A1", "Name")) + Row(1_048_576, Cell("A1048576", "Aino"))),
        "a workbook of two hundred thousand empty rows" => TableTests.Workbook(
            Row(1, Cell("A1", "Name")) + Row(2, Cell("A2", "Aino")) + string.Concat(
                Enumerable.Range(3, 200_000).Select(i => Row(i, $"<c r=\"A{i}\" s=\"0\"/>")))),
        "a cell in the last column of a workbook" => TableTests.Workbook(
            Row(1, Cell("A1", "Name")) + Row(2, Cell("A2", "Aino") + Cell("XFD2", "far"))),
        "a zip bomb as a workbook" => TableTests.Bomb(),
        "a workbook that is cut off" => TableTests.Workbook(Row(1, Cell("A1", "Name")))[..200],
        "a workbook with a document type of its own" => Archive(
            "xl/workbook.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><workbook>&e;</workbook>"),
        "a workbook with a password" => [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, .. new byte[2048]],
        "an archive of pictures" => Archive("pictures/a.png", "no table"),
        "a web page that calls itself .xls" => Text(
            "<html><table><tr><td>Name</td></tr><tr><td>Aino</td></tr></table>\n<p>second line</p>\n"),
        "a PDF" => [.. Text("%PDF-1.7\n"), 0, 1, 2, 3],
        "a picture" => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, .. new byte[64]],
        "a quotation mark that never ends" => Text("Name,Grade\r\n\"Aino,1\r\n" + string.Concat(
            Enumerable.Range(0, 2000).Select(i => string.Create(CultureInfo.InvariantCulture, $"Row {i},1\r\n")))),
        "fifty megabytes" => Text("Name\r\n" + new string('x', 50 * 1024 * 1024)),
        "no column of names" => Text("Course,Grade\r\nData,1\r\n"),
        "the same column twice" => Text("Name,Name,Grade\r\nAino,Other,1\r\n"),
        "a row with more cells than the names" => Text("Name,Grade\r\nVirtanen, Aino,1\r\n"),
        "invisible characters in a name" => Text("Name\r\nAi\u202eno\r\n"),
        "zero bytes" => new byte[4096],
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "is no file that is made here"),
    };

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Row(int number, string cells) =>
        string.Create(CultureInfo.InvariantCulture, $"<row r=\"{number}\">{cells}</row>");

    private static string Cell(string place, string text) =>
        $"<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

    private static byte[] Archive(string name, string content)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(content);
        }

        return memory.ToArray();
    }
}
