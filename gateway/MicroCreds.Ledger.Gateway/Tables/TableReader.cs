using MicroCreds.Ledger.Gateway.Issuing;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>
/// Reads tables as people have them: text in any of the usual encodings, a workbook of Excel, or requests one a line.
/// </summary>
public static class TableReader
{
    /// <summary>The largest file.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private static ReadOnlySpan<byte> ZipSignature => "PK\u0003\u0004"u8;

    private static ReadOnlySpan<byte> OldExcelSignature => [0xd0, 0xcf, 0x11, 0xe0];

    /// <summary>Reads a table, its first row being the names of the columns.</summary>
    /// <exception cref="TableException">It is none, or larger than is taken.</exception>
    public static UploadedTable Read(byte[] file) => Read(file, isList: false);

    /// <summary>Reads a table whose first row may be a row as any other, and the only one.</summary>
    /// <exception cref="TableException">It is none, or larger than is taken.</exception>
    public static UploadedTable ReadList(byte[] file) => Read(file, isList: true);

    /// <summary>Says that a file is too large.</summary>
    internal static TableException TooLarge() =>
        new("tooLarge", $"The file has more than {MaxBytes / (1024 * 1024)} MiB.");

    private static UploadedTable Read(byte[] file, bool isList)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length == 0) throw new TableException("empty", "The file is empty.");
        if (file.Length > MaxBytes) throw TooLarge();
        if (file.AsSpan().StartsWith(OldExcelSignature))
        {
            throw new TableException(
                "oldExcel", "It is a workbook of an old Excel (.xls): save it as .xlsx or as CSV and send that.");
        }

        if (JsonRows.IsMeant(file)) return JsonRows.Read(file);
        var rows = file.AsSpan().StartsWith(ZipSignature) ? WorkbookRows.Read(file) : TextRows.Read(file);
        return Checked(rows, isList);
    }

    private static UploadedTable Checked(IEnumerable<TableRow> rows, bool isList)
    {
        IReadOnlyList<string>? header = null;
        var table = new List<TableRow>();
        foreach (var row in rows)
        {
            if (row.Cells.All(string.IsNullOrWhiteSpace)) continue;
            if (row.Cells.Count > UploadedTable.MaxColumns)
            {
                throw new TableException(
                    "tooWide", $"Line {row.Line} has {row.Cells.Count} cells; {UploadedTable.MaxColumns} are taken.");
            }

            if (row.Cells.FirstOrDefault(one => one.Length > UploadedTable.MaxCellLength) is { } cell)
            {
                throw new TableException(
                    "longCell",
                    $"Line {row.Line} has {cell.Length} characters in a cell: a quotation mark may be missing.");
            }

            if (header is null) header = [.. row.Cells.Select(cell => cell.Trim())];
            else table.Add(row);
            if (table.Count > BatchRows.MaxRows)
            {
                throw new TableException(
                    "tooLong", $"The table has more than {BatchRows.MaxRows} rows: send it in several parts.");
            }
        }

        return header is null || (table.Count == 0 && !isList)
            ? throw new TableException("noRows", "The file has no row below its first, which names the columns.")
            : new UploadedTable(header, table);
    }
}
