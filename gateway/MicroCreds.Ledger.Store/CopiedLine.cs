using System.Data.Common;
using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Store;

/// <summary>Reads the lines that <see cref="StoreCopy"/> writes, and says of a damaged one what is wrong.</summary>
internal static class CopiedLine
{
    private static readonly Dictionary<string, int> Widths =
        StoreTables.All.ToDictionary(table => table.Name, table => table.Columns.Count)
            .Append(new(StoreTables.LastNumber, 1)).ToDictionary();

    /// <summary>Reads the schema's version out of a file's first line; null if it is no such line.</summary>
    public static int? VersionOf(JsonElement line, string format) =>
        MemberOf(line, "format", JsonValueKind.String) is { } named && named.ValueEquals(format)
        && MemberOf(line, "value", JsonValueKind.Number) is { } value && value.TryGetInt32(out int version)
            ? version
            : null;

    /// <summary>Reads how many rows there are out of a file's last line; null of any other line.</summary>
    /// <exception cref="FormatException">It is the last one and does not say.</exception>
    public static long? EndOf(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("end", out _)) return null;
        return MemberOf(line, "value", JsonValueKind.Number) is { } value && value.TryGetInt64(out long count)
            ? count
            : throw new FormatException("it does not say how many rows the file has");
    }

    /// <summary>Reads a table's row.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static (string Table, object?[] Row) RowOf(JsonElement line)
    {
        if (MemberOf(line, "table", JsonValueKind.String) is not { } named
            || MemberOf(line, "row", JsonValueKind.Array) is not { } row)
            throw new FormatException("it names no table, or no row of it");
        string table = TextOf(named);
        if (!Widths.TryGetValue(table, out int width))
            throw new FormatException($"this program knows no table \"{table}\"");
        if (row.GetArrayLength() != width)
        {
            throw new FormatException(
                $"a row of the table {table} has {width} values, and not {row.GetArrayLength()}");
        }

        object?[] values = [.. row.EnumerateArray().Select(ValueOf)];
        bool isTyped = table switch
        {
            StoreTables.LastNumber => values is [long],
            StoreTables.Awarded => values is [long, byte[]],
            _ => true,
        };
        return isTyped
            ? (table, values)
            : throw new FormatException($"a value of the table {table} is of another kind than its column");
    }

    /// <summary>Says what a failure to read or keep a line means; null if it is no fault of the line.</summary>
    public static string? FaultOf(Exception exception) => exception switch
    {
        StoreException => null,
        JsonException => "it is no JSON document",
        DecoderFallbackException => "there or close behind are bytes that are no UTF-8",
        FormatException => exception.Message,
        DbException when StoreUnavailableException.Of(exception) is null =>
            $"the database does not take the row: {exception.Message}",
        _ => null,
    };

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt64(out long number) => number,
        JsonValueKind.String => TextOf(value),
        JsonValueKind.Object when MemberOf(value, "base64", JsonValueKind.String) is { } text
            && text.TryGetBytesFromBase64(out byte[]? bytes) => bytes,
        _ => throw new FormatException("a value is neither null, a whole number, a text nor bytes in base64"),
    };

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("a text has half of a character in it", exception);
        }
    }

    private static JsonElement? MemberOf(JsonElement line, string name, JsonValueKind kind) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out var member) && member.ValueKind == kind
            ? member
            : null;
}
