using System.Buffers;
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
    /// <param name="wanted">The numbers of the rows that are wanted, from 1.</param>
    public static byte[] Write(
        UploadedTable table, ColumnMap columns, string achievement, IReadOnlySet<int> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        using var lines = new MemoryStream();
        int row = 0;
        foreach (byte[] request in Of(table, columns, achievement))
        {
            if (!wanted.Contains(++row)) continue;
            lines.Write(request);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <summary>Makes the requests one after the other, as they are asked for.</summary>
    /// <inheritdoc cref="Write(UploadedTable, ColumnMap, string, IReadOnlySet{int})"/>
    public static IEnumerable<byte[]> Of(UploadedTable table, ColumnMap columns, string achievement)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(columns);
        return table.Requests ?? table.Rows.Select(row => RequestOf(row, columns, achievement, table.Header.Count));
    }

    private static byte[] RequestOf(TableRow row, ColumnMap columns, string achievement, int width)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line)) Write(json, row, columns, achievement, width);
        return line.WrittenSpan.ToArray();
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
