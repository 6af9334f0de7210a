using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Whose name has which words. It is made of the documents themselves, behind the issuing, so that nothing waits for
/// it; and a person's words go out of it in the transaction that erases the document. Thread-safe.
/// </summary>
public sealed class NameIndex(GatewayStore store)
{
    /// <summary>How many rows a batch may have, as bits of an entry.</summary>
    internal const int RowBits = 17;

    /// <summary>How many documents are taken up in one transaction, so that no other write waits long.</summary>
    private const int ChunkSize = 2000;

    /// <summary>Takes up the names of what was issued last, or of what was issued before there was an index.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> CatchUpAsync()
    {
        if (!HasMore()) return false;
        return await store.Database.WriteAsync(connection =>
        {
            if (NextOf(connection) is not { } next) return false;
            var (number, size, named) = next;
            var names = ReadNames(connection, number, named);
            Add(connection, number, names);
            int upTo = names.Count < ChunkSize ? size : names[^1].Row;
            using var update = connection.Prepare("UPDATE issuance SET named = $1 WHERE number = $0", 2);
            update.With(number, upTo).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>The number by which a place in an issuance is kept; later ones are greater.</summary>
    internal static long EntryOf(long issuance, int row) => (issuance << RowBits) | (uint)row;

    /// <summary>The place that a number stands for.</summary>
    internal static (long Issuance, int Row) PlaceOf(long entry) =>
        (entry >> RowBits, (int)(entry & ((1 << RowBits) - 1)));

    /// <summary>The learner's name in a document as it is kept; null if it cannot be read.</summary>
    internal static string? NameIn(byte[] document, bool isSeed)
    {
        try
        {
            if (isSeed) return CredentialSeed.FromCbor(document).Name;
            using var whole = JsonDocument.Parse(new PackedDocument(document).Unpack());
            return whole.RootElement.GetProperty("credentialSubject").GetProperty("name").GetString();
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidDataException
            or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Forgets a person's name, and words that nobody else's has, inside the writer's transaction.</summary>
    internal static void Forget(DbConnection connection, long issuance, int row, byte[] document, bool isSeed)
    {
        if (NameIn(document, isSeed) is not { } name) return;

        using var delete = connection.Prepare("DELETE FROM name_entry WHERE word = $0 AND entry = $1", 2);
        using var left = connection.Prepare("SELECT 1 FROM name_entry WHERE word = $0 LIMIT 1", 1);
        using var forget = connection.Prepare("DELETE FROM name_word WHERE word = $0", 1);
        using var slips = connection.Prepare("DELETE FROM name_slip WHERE slip = $0 AND word = $1", 2);
        foreach (string word in NameWords.Of(name))
        {
            long key = NameWords.KeyOf(word);
            delete.With(key, EntryOf(issuance, row)).ExecuteNonQuery();
            if (left.With(key).ExecuteScalar() is not null) continue;
            forget.With(word).ExecuteNonQuery();
            foreach (long slip in NameWords.AllSlipsOf(word)) slips.With(slip, word).ExecuteNonQuery();
        }
    }

    private bool HasMore()
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT 1 FROM issuance WHERE state = 'issued' AND named < size LIMIT 1", 0)
            .ExecuteScalar() is not null;
    }

    private static (long Number, int Size, int Named)? NextOf(DbConnection connection)
    {
        // The newest first: it is what somebody looks for next.
        using var select = connection.Prepare(
            """
            SELECT number, size, named FROM issuance WHERE state = 'issued' AND named < size
              ORDER BY number DESC LIMIT 1
            """, 0);
        using var rows = select.ExecuteReader();
        return rows.Read() ? (rows.GetInt64(0), rows.GetInt32(1), rows.GetInt32(2)) : null;
    }

    private static List<(int Row, string? Name)> ReadNames(DbConnection connection, long number, int after)
    {
        using var select = connection.Prepare(
            """
            SELECT row, document, template IS NOT NULL FROM credential WHERE issuance = $0 AND row > $1
              ORDER BY row LIMIT $2
            """, 3);
        using var rows = select.With(number, after, ChunkSize).ExecuteReader();
        var names = new List<(int, string?)>();
        while (rows.Read())
            names.Add((rows.GetInt32(0), NameIn(rows.GetFieldValue<byte[]>(1), rows.GetBoolean(2))));
        return names;
    }

    private static void Add(DbConnection connection, long number, List<(int Row, string? Name)> names)
    {
        var entries = new List<(long Word, long Entry)>();
        var words = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (row, name) in names)
        {
            foreach (string word in name is null ? [] : NameWords.Of(name))
            {
                words.Add(word);
                entries.Add((NameWords.KeyOf(word), EntryOf(number, row)));
            }
        }

        // In the order of the index: neighbours are written together.
        entries.Sort();
        string[] unknown = [.. Unknown(connection, words)];
        var slips = unknown.SelectMany(word => NameWords.SlipsOf(word).Select(slip => (slip, word))).ToList();
        slips.Sort((one, other) => one.slip.CompareTo(other.slip));
        if (connection is NpgsqlConnection)
        {
            Send(connection, "name_word (word) SELECT unnest($0::text[])", [unknown]);
            Send(
                connection, "name_slip (slip, word) SELECT unnest($0::bigint[]), unnest($1::text[])",
                [slips.Select(one => one.slip).ToArray(), slips.Select(one => one.word).ToArray()]);
            Send(
                connection, "name_entry (word, entry) SELECT unnest($0::bigint[]), unnest($1::bigint[])",
                [entries.Select(one => one.Word).ToArray(), entries.Select(one => one.Entry).ToArray()]);
            return;
        }

        using var newWord = connection.Prepare("INSERT INTO name_word VALUES ($0)", 1);
        foreach (string word in unknown) newWord.With(word).ExecuteNonQuery();
        using var newSlip = connection.Prepare("INSERT OR IGNORE INTO name_slip VALUES ($0, $1)", 2);
        foreach (var (slip, word) in slips) newSlip.With(slip, word).ExecuteNonQuery();
        using var newEntry = connection.Prepare("INSERT OR IGNORE INTO name_entry VALUES ($0, $1)", 2);
        foreach (var (word, entry) in entries) newEntry.With(word, entry).ExecuteNonQuery();
    }

    private static IEnumerable<string> Unknown(DbConnection connection, IEnumerable<string> words)
    {
        if (connection is NpgsqlConnection)
        {
            using var known = connection.Prepare("SELECT word FROM name_word WHERE word = ANY ($0)", 1);
            using var rows = known.With((object)words.ToArray()).ExecuteReader();
            var found = new HashSet<string>(StringComparer.Ordinal);
            while (rows.Read()) found.Add(rows.GetString(0));
            return [.. words.Where(word => !found.Contains(word))];
        }

        using var select = connection.Prepare("SELECT 1 FROM name_word WHERE word = $0", 1);
        return [.. words.Where(word => select.With(word).ExecuteScalar() is null)];
    }

    private static void Send(DbConnection connection, string into, object[] lists)
    {
        using var insert = connection.Prepare($"INSERT INTO {into} ON CONFLICT DO NOTHING", lists.Length);
        insert.With(lists).ExecuteNonQuery();
    }
}
