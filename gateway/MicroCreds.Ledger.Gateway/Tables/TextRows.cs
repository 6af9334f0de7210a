using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>The rows of a text file, parted by commas, semicolons or tabs, with quoted line breaks.</summary>
internal static class TextRows
{
    private const string Separator = "sep=";
    private static readonly char[] Delimiters = [';', ',', '\t', '|'];

    /// <exception cref="TableException">It is no text, or its quotation marks do not pair.</exception>
    public static IEnumerable<TableRow> Read(byte[] file)
    {
        string text = TextEncoding.Decode(file);
        int first = 0;
        char delimiter = DelimiterOf(text);

        // Excel's own way to say it, in a line above the table.
        if (text.StartsWith(Separator, StringComparison.OrdinalIgnoreCase) && text.Length > Separator.Length)
        {
            delimiter = text[Separator.Length];
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            text = end < 0 ? "" : text[(end + 1)..];
            first = 1;
        }

        return Read(text, delimiter, first);
    }

    private static IEnumerable<TableRow> Read(string text, char delimiter, int first)
    {
        using var reader = new StringReader(text);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            IgnoreBlankLines = false,
            MaxFieldSize = UploadedTable.MaxCellLength * 4,
            BadDataFound = null,
            Mode = CsvMode.RFC4180,
        });
        int line = first + 1;
        while (Next(parser))
        {
            if (IsOpen(parser.RawRecord, delimiter)) throw NeverEnds(line);
            yield return new TableRow(line, parser.Record ?? []);
            line = first + parser.RawRow + 1;
        }
    }

    private static bool Next(CsvParser parser)
    {
        try
        {
            return parser.Read();
        }
        catch (MaxFieldSizeException)
        {
            throw NeverEnds(parser.RawRow);
        }
    }

    private static TableException NeverEnds(int line) =>
        new("longCell", $"A cell from line {line} on does not end: a quotation mark may be missing.");

    /// <summary>Whether a record ends inside quotation marks, which only the last of a file can.</summary>
    private static bool IsOpen(string record, char delimiter)
    {
        bool isQuoted = false;
        char before = delimiter;
        foreach (char c in record)
        {
            // Within a cell a mark stands for itself, and two in a quoted one stand for one.
            if (c == '"' && (isQuoted || before == delimiter || before is '\n' or '\r' or '"')) isQuoted = !isQuoted;
            before = c;
        }

        return isQuoted;
    }

    /// <summary>What parts the first line most often, outside quotation marks.</summary>
    private static char DelimiterOf(string text)
    {
        var counts = new Dictionary<char, int>();
        bool isQuoted = false;
        foreach (char c in text)
        {
            if (c == '"') isQuoted = !isQuoted;
            else if (c is '\n' or '\r' && !isQuoted && counts.Count > 0) break;
            else if (!isQuoted && Delimiters.Contains(c)) counts[c] = counts.GetValueOrDefault(c) + 1;
        }

        return counts.Count == 0 ? ',' : counts.MaxBy(one => one.Value).Key;
    }
}
