using System.IO.Compression;
using System.Text;
using MicroCreds.Ledger.Gateway.Tables;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Tables as people have them, and files that are none.</summary>
public sealed class TableTests
{
    private const string Csv = "Name;E-Mail;Note\r\nJürgen Müller;jm@s.example;1,3\r\n";

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("windows-1252", false)]
    public void Text_InEveryUsualEncoding_ReadsTheSame(string name, bool hasMark)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        byte[] file = [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Csv)];
        var table = TableReader.Read(file);
        Assert.Equal(["Name", "E-Mail", "Note"], table.Header);
        Assert.Equal(["Jürgen Müller", "jm@s.example", "1,3"], table.Rows.Single().Cells);
    }

    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("a;b\n1;2")]
    [InlineData("a\tb\r\n1\t2\r\n")]
    [InlineData("sep=;\na;b\n1;2\n")]
    [InlineData("\n\na;b\n\n1;2\n\n")]
    [InlineData("\"a\";\"b\"\n\"1\";\"2\"\n")]
    public void Text_WhateverPartsIt_ReadsTheSame(string text)
    {
        var table = TableReader.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal(["a", "b"], table.Header);
        Assert.Equal(["1", "2"], table.Rows.Single().Cells);
    }

    [Fact]
    public void Text_WithQuotedLineBreaks_CountsLinesAsAPersonDoes()
    {
        var table = TableReader.Read("name,note\n\"A\nB\",\"says \"\"hi\"\", twice\"\n\nC,d\n"u8.ToArray());
        Assert.Equal(["A\nB", "says \"hi\", twice"], table.Rows[0].Cells);
        Assert.Equal([2, 5], table.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Requests_OneALine_AreIssuedAsTheyStand_AndShownByTheirCells()
    {
        const string request =
            """{"achievement":"a","recipient":{"name":"Aino","email":"a@s.example"},"duplicates":"allow"}""";
        byte[] file = Encoding.UTF8.GetBytes($"\ufeff{request}\r\n\r\n{{broken\r\n");
        var table = TableReader.Read(file);
        Assert.Equal([1, 3], table.Rows.Select(row => row.Line));
        var columns = ColumnMap.Of(table.Header, _ => null);
        Assert.Equal("Aino", table.Rows[0][columns["name"]]);
        Assert.Equal("a", table.Rows[0][columns["achievement"]]);
        Assert.Equal(
            request + "\n",
            Encoding.UTF8.GetString(TableRequests.Write(table, columns, "other", new HashSet<int> { 1 })));
    }

    [Fact]
    public void Cells_MendedOnThePage_TakeThePlaceOfTheFiles_AndLinesStay()
    {
        var table = TableReader.Read("name,mail\nA,none\n\nB\n"u8.ToArray());
        string mended = MendedCells.Add(
            null, [("1-1", "a@s.example"), ("2-1", "b@s.example"), ("x-1", "no"), ("1-99", "no")]);
        mended = MendedCells.Add(mended, [("1-0", "Aino")]);
        var now = MendedCells.Apply(table, mended);
        Assert.Equal(["Aino", "a@s.example"], now.Rows[0].Cells);
        Assert.Equal(["B", "b@s.example"], now.Rows[1].Cells);
        Assert.Equal([2, 4], now.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Workbook_ReadsTextsNumbersAndDays()
    {
        byte[] file = Workbook(
            """
            <row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>
            <c r="B1" t="inlineStr"><is><t>Matrikel</t></is></c></row>
            <row r="2"><c r="A2" t="inlineStr"><is><t>Aino Virtanen</t></is></c><c r="B2"><v>4711</v></c></row>
            """);
        var table = TableReader.Read(file);
        Assert.Equal(["Name", "Matrikel"], table.Header);
        Assert.Equal(["Aino Virtanen", "4711"], table.Rows.Single().Cells);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("name", "noRows")]
    [InlineData("\n\n\n", "noRows")]
    [InlineData("name\n\"never ends", "longCell")]
    [InlineData("PK\u0003\u0004 not a workbook", "broken")]
    [InlineData("%PDF-1.7\n\0\u0001", "notText")]
    public void File_ThatIsNoTable_IsToldWhy(string text, string code)
    {
        var refused = Assert.Throws<TableException>(() => TableReader.Read(Encoding.Latin1.GetBytes(text)));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public void File_TooLargeTooLongTooWide_OrOfAnOldExcel_IsToldWhy()
    {
        AssertRefused("tooLarge", new byte[TableReader.MaxBytes + 1]);
        AssertRefused("oldExcel", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
        AssertRefused("tooLong", Encoding.UTF8.GetBytes("name\n" + string.Concat(Enumerable.Repeat("A\n", 100_001))));
        AssertRefused("tooWide", Encoding.UTF8.GetBytes("name\n" + new string(',', 200) + "a\n"));
        AssertRefused("longCell", Encoding.UTF8.GetBytes("name\n" + new string('a', 6000) + "\n"));
    }

    [Fact]
    public void Workbook_ThatUnfoldsToMoreThanIsTaken_IsNotOpened()
    {
        byte[] bomb = Bomb();
        Assert.True(bomb.Length < 1024 * 1024, $"the bomb has {bomb.Length} bytes");
        AssertRefused("bomb", bomb);
    }

    [Fact]
    public void Columns_AreKnownByTheNamesOfEitherLanguage_AndByHand()
    {
        string[] header = ["Matrikelnummer", "E-MAIL", "Vorname", "Nachname", "Grade", "Remark"];
        var columns = ColumnMap.Of(header, _ => null);
        Assert.Equal((0, 1, 2, 3, 4), (
            columns["studentNumber"], columns["email"], columns["givenName"], columns["familyName"], columns["value"]));
        Assert.Equal(["Remark"], columns.Unused);
        Assert.True(columns.HasName);
        var chosen = ColumnMap.Of(header, name => name == "col-value" ? "5" : name == "col-email" ? "none" : null);
        Assert.Equal((5, -1), (chosen["value"], chosen["email"]));
    }

    private static void AssertRefused(string code, byte[] file) =>
        Assert.Equal(code, Assert.Throws<TableException>(() => TableReader.Read(file)).Code);

    /// <summary>A small file that calls itself a workbook and unfolds to 300 MiB.</summary>
    internal static byte[] Bomb()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var sheet = archive.CreateEntry("xl/worksheets/sheet1.xml").Open();
            byte[] nothing = new byte[1024 * 1024];
            for (int i = 0; i < 300; i++) sheet.Write(nothing);
        }

        return memory.ToArray();
    }

    /// <summary>The least that a workbook is.</summary>
    internal static byte[] Workbook(string rows)
    {
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("_rels/.rels", $"""
                <Relationships xmlns="{Relations}">
                <Relationship Id="r1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/>
                </Relationships>
                """);
            Add("xl/workbook.xml", $"""
                <workbook xmlns="{Main}" xmlns:r="{Office}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>
                </workbook>
                """);
            Add("xl/_rels/workbook.xml.rels", $"""
                <Relationships xmlns="{Relations}">
                <Relationship Id="r1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/>
                </Relationships>
                """);
            Add("xl/worksheets/sheet1.xml", $"""<worksheet xmlns="{Main}"><sheetData>{rows}</sheetData></worksheet>""");

            void Add(string name, string text)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return memory.ToArray();
    }
}
