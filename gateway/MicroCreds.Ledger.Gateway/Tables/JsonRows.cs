using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>
/// The rows of a file of credential requests, one a line (NDJSON). Each line is issued as it stands; its cells are what
/// of it people look at.
/// </summary>
internal static class JsonRows
{
    /// <summary>Whether a file is of this kind.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> file) =>
        file.TrimStart("\ufeff"u8).TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>Reads it.</summary>
    /// <exception cref="TableException">It is no text.</exception>
    public static UploadedTable Read(byte[] file)
    {
        var rows = new List<TableRow>();
        var lines = new List<byte[]>();
        int number = 0;
        foreach (string line in TextEncoding.Decode(file).Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (lines.Count == Issuing.BatchRows.MaxRows)
            {
                throw new TableException(
                    "tooLong", $"The file has more than {Issuing.BatchRows.MaxRows} rows: send it in several parts.");
            }

            lines.Add(Encoding.UTF8.GetBytes(line.Trim()));
            rows.Add(new TableRow(number, CellsOf(line)));
        }

        return new UploadedTable(ColumnMap.Fields, rows) { Requests = lines };
    }

    /// <summary>What cannot be read has no cells: it is told as a fault when it is examined.</summary>
    private static string[] CellsOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return [.. ColumnMap.Fields.Select(field => Text(root, PathOf(field)))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string[] PathOf(string field) => field switch
    {
        "achievement" or "validUntil" => [field],
        "value" or "status" => ["result", field],
        "givenName" or "familyName" or "evidenceName" or "evidenceUrl" => [],
        _ => ["recipient", field],
    };

    private static string Text(JsonElement element, string[] path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return "";
        }

        return path.Length > 0 && element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
    }
}
