using System.Globalization;
using System.Text.Json;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>
/// Makes credential requests of a table's rows. What cannot be read stays as it is, to be told as a fault.
/// </summary>
public static class TableRequests
{
    private static readonly string[] Days =
        ["yyyy-MM-dd", "dd.MM.yyyy", "d.M.yyyy", "yyyy/MM/dd", "yyyy-MM-ddTHH:mm:ss"];

    /// <summary>Writes one request a line, in the order of the rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Which column is what.</param>
    /// <param name="achievement">What rows award that do not say it.</param>
    /// <param name="isWanted">Which rows, counted from 1. Default is all.</param>
    public static byte[] Write(
        UploadedTable table, ColumnMap columns, string achievement, Func<int, bool>? isWanted = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(columns);
        using var lines = new MemoryStream();
        using var json = new Utf8JsonWriter(lines);
        for (int i = 0; i < table.Rows.Count; i++)
        {
            if (isWanted is not null && !isWanted(i + 1)) continue;
            if (table.Requests is { } requests)
            {
                lines.Write(requests[i]);
                lines.WriteByte((byte)'\n');
                continue;
            }

            Write(json, table.Rows[i], columns, achievement, table.Header.Count);
            json.Flush();
            json.Reset();
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TableRow row, ColumnMap columns, string achievement, int width)
    {
        json.WriteStartObject();
        json.WriteString("achievement", Of("achievement") is { Length: > 0 } own ? own : achievement);
        json.WriteStartObject("recipient");
        json.WriteString("name", NameOf(row, columns));
        foreach (string field in (string[])["email", "studentNumber", "id", "language"]) Text(field, field);
        json.WriteEndObject();
        if (Of("value").Length + Of("status").Length > 0)
        {
            json.WriteStartObject("result");
            Text("value", "value");
            Text("status", "status");
            json.WriteEndObject();
        }

        if (Of("validUntil") is { Length: > 0 } until) json.WriteString("validUntil", EndOf(until));
        if (Of("evidenceName").Length + Of("evidenceUrl").Length > 0)
        {
            json.WriteStartArray("evidence");
            json.WriteStartObject();
            Text("name", "evidenceName");
            Text("url", "evidenceUrl");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        // A separator in a text that is not quoted moves all that follows: nobody may be issued something shifted.
        if (row.Cells.Skip(width).Any(cell => cell.Trim().Length > 0)) json.WriteNumber("cells", row.Cells.Count);
        json.WriteEndObject();

        string Of(string field) => row[columns[field]];

        void Text(string member, string field)
        {
            if (Of(field) is { Length: > 0 } text) json.WriteString(member, text);
        }
    }

    private static string NameOf(TableRow row, ColumnMap columns) => columns["name"] >= 0
        ? row[columns["name"]]
        : $"{row[columns["givenName"]]} {row[columns["familyName"]]}".Trim();

    /// <summary>A last day is valid until its end; what is no day stays as it is.</summary>
    private static string EndOf(string text) =>
        DateTime.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T23:59:59Z"
            : text;
}
