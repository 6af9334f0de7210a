using System.Globalization;
using System.Text.Json;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>What somebody has mended of a table on the page; the file stays as it was sent.</summary>
public static class MendedCells
{
    /// <summary>What the fields of the page begin with: <c>cell-</c>, the row from 1, and the column from 0.</summary>
    public const string Field = "cell-";

    /// <summary>The most cells of one table.</summary>
    public const int MaxCells = 5000;

    /// <summary>The table with what was mended.</summary>
    public static UploadedTable Apply(UploadedTable table, string? mended)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (mended is null || table.Requests is not null) return table;

        var rows = table.Rows.ToList();
        foreach (var (place, text) in Read(mended))
        {
            if (PlaceOf(place) is not { } at || at.Row > rows.Count || at.Column >= table.Header.Count) continue;
            var row = rows[at.Row - 1];
            string[] cells = new string[Math.Max(row.Cells.Count, at.Column + 1)];
            for (int i = 0; i < cells.Length; i++) cells[i] = i < row.Cells.Count ? row.Cells[i] : "";
            cells[at.Column] = text;
            rows[at.Row - 1] = row with { Cells = cells };
        }

        return table with { Rows = rows };
    }

    /// <summary>What was mended before and now, as it is kept.</summary>
    /// <exception cref="TableException">There is too much of it.</exception>
    public static string Add(string? before, IEnumerable<(string Place, string Text)> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var all = before is null ? [] : Read(before);
        foreach (var (place, text) in cells)
        {
            if (PlaceOf(place) is null || text.Length > UploadedTable.MaxCellLength) continue;
            all[place] = text;
        }

        return all.Count > MaxCells
            ? throw new TableException(
                "tooMuchMended", $"More than {MaxCells} cells were mended here: download the rest, and send it again.")
            : JsonSerializer.Serialize(all);
    }

    private static SortedDictionary<string, string> Read(string mended) =>
        new(JsonSerializer.Deserialize<Dictionary<string, string>>(mended)!, StringComparer.Ordinal);

    private static (int Row, int Column)? PlaceOf(string place) =>
        place.Split('-') is [var row, var column]
        && int.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at > 0
        && int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int of)
        && of < UploadedTable.MaxColumns
            ? (at, of) : null;
}
