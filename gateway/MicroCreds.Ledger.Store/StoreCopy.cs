using System.Data.Common;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Store.Postgres;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Writes a store into a file and reads it back, from either engine into either. A file has a JSON document a line: the
/// first names the schema's version, each further one a table and a row's values in the order of its columns, bytes as
/// <c>{"base64":"…"}</c>; the last tells how many rows there are, so that a file that was cut off is refused.
/// </summary>
public static class StoreCopy
{
    private const string Format = "microcreds-store";

    /// <summary>Begins a transaction that sees all as it stood at one moment, and holds up nobody.</summary>
    internal static string BeginView(DbConnection connection) =>
        connection is NpgsqlConnection ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";

    /// <summary>Writes all that a store holds, as it stands at one moment.</summary>
    /// <returns>How many rows.</returns>
    public static long Export(DbConnection connection, Stream file)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(file);
        Schema.RequireCurrent(connection);
        connection.Run(BeginView(connection));
        long count = 0;
        WriteLine(file, line => line.WriteString("format", Format), Schema.Known);
        foreach (var table in StoreTables.All)
        {
            foreach (object?[] row in StoreTables.Read(connection, table))
            {
                WriteRow(file, table.Name, row);
                count++;
            }
        }

        WriteRow(file, StoreTables.LastNumber, [StoreTables.ReadLastNumber(connection)]);
        WriteLine(file, line => line.WriteString("end", Format), count);
        connection.Run("COMMIT");
        return count;
    }

    /// <summary>Reads a file into a store that has nothing yet: all of it, or nothing.</summary>
    /// <returns>How many rows.</returns>
    /// <exception cref="StoreException">The store holds something, or the file is not whole.</exception>
    public static async Task<long> ImportAsync(Database database, Stream file)
    {
        ArgumentNullException.ThrowIfNull(database);
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        return await database.WriteAsync(connection =>
        {
            RequireEmpty(connection);
            return Read(connection, reader);
        });
    }

    private static long Read(DbConnection connection, StreamReader reader)
    {
        var inserts = StoreTables.All.ToDictionary(table => table.Name, table => InsertOf(connection, table));
        long number = 1;
        try
        {
            RequireHead(reader.ReadLine());
            for (long count = 0; reader.ReadLine() is { } text;)
            {
                number++;
                using var line = JsonDocument.Parse(text);
                if (CopiedLine.EndOf(line.RootElement) is { } end)
                {
                    return end == count
                        ? count
                        : throw new StoreException("The file does not have as many rows as it says: it is damaged.");
                }

                var (table, row) = CopiedLine.RowOf(line.RootElement);
                Insert(connection, inserts, table, row);
                if (table != StoreTables.LastNumber) count++;
            }
        }
        catch (Exception exception) when (CopiedLine.FaultOf(exception) is { } fault)
        {
            throw new StoreException($"Line {number} of the file: {fault}.", exception);
        }
        finally
        {
            foreach (var insert in inserts.Values) insert.Dispose();
        }

        throw new StoreException("The file has no end: it was cut off.");
    }

    private static void Insert(
        DbConnection connection, Dictionary<string, DbCommand> inserts, string table, object?[] row)
    {
        if (table == StoreTables.LastNumber)
        {
            StoreTables.WriteLastNumber(connection, (long)row[0]!);
            return;
        }

        if (table == StoreTables.Awarded && connection is NpgsqlConnection postgres)
        {
            PostgresAwardIndex.Write(postgres, (long)row[0]!, AwardEntries.ReadRows((byte[])row[1]!));
            return;
        }

        inserts[table].With(row).ExecuteNonQuery();
    }

    private static DbCommand InsertOf(DbConnection connection, StoreTable table)
    {
        string values = string.Join(", ", table.Columns.Select((_, i) => $"${i}"));
        return connection.Prepare(
            $"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({values})", table.Columns.Count);
    }

    private static void RequireEmpty(DbConnection connection)
    {
        foreach (var table in StoreTables.All)
        {
            if (StoreTables.Read(connection, table).Any())
            {
                throw new StoreException(
                    $"The store is not empty: its table {table.Name} has rows. Import into a new one.");
            }
        }
    }

    private static void RequireHead(string? text)
    {
        using var line = JsonDocument.Parse(text ?? "{}");
        int version = CopiedLine.VersionOf(line.RootElement, Format)
            ?? throw new FormatException("it is not how a file begins that `store export` wrote");
        if (version != Schema.Known)
        {
            throw new StoreException(
                $"The file is of version {version} and this program knows version {Schema.Known}: "
                + "upgrade the store that it came from, or take the program that wrote it.");
        }
    }

    private static void WriteLine(Stream file, Action<Utf8JsonWriter> write, long value)
    {
        using (var line = new Utf8JsonWriter(file))
        {
            line.WriteStartObject();
            write(line);
            line.WriteNumber("value", value);
            line.WriteEndObject();
        }

        file.Write("\n"u8);
    }

    private static void WriteRow(Stream file, string table, object?[] row)
    {
        using (var line = new Utf8JsonWriter(file))
        {
            line.WriteStartObject();
            line.WriteString("table", table);
            line.WriteStartArray("row");
            foreach (object? value in row) WriteValue(line, value);
            line.WriteEndArray();
            line.WriteEndObject();
        }

        file.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter line, object? value)
    {
        switch (value)
        {
            case null:
                line.WriteNullValue();
                break;
            case long number:
                line.WriteNumberValue(number);
                break;
            case string text:
                line.WriteStringValue(text);
                break;
            case byte[] bytes:
                line.WriteStartObject();
                line.WriteBase64String("base64", bytes);
                line.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"A store holds no {value.GetType()}.");
        }
    }
}
