using System.Buffers;
using System.Text;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>Writes a table as spreadsheets read it, and no cell of it as a formula.</summary>
internal static class CsvWriting
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n;\t'");

    /// <summary>Begins a file: with the mark by which spreadsheets know UTF-8.</summary>
    public static StringBuilder Begin() => new("\ufeff");

    /// <summary>Adds a row.</summary>
    public static void Add(StringBuilder csv, IEnumerable<string> cells)
    {
        csv.AppendJoin(';', cells.Select(Cell)).Append("\r\n");
    }

    /// <summary>
    /// A cell that no table program takes for a formula: what stands in it was written by others. An apostrophe in
    /// front makes it the text that it is.
    /// </summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";

        string safe = text.TrimStart() is ['=' or '+' or '-' or '@', ..] || text[0] is '\t' or '\r' or '\n'
            ? "'" + text
            : text;
        return safe.AsSpan().ContainsAny(Quoted)
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
