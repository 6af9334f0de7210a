using System.Data.Common;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Model;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>Where a credential or its learner is named beside its own rows: all of it goes with the document.</summary>
internal static class ErasureTraces
{
    /// <summary>How many words of a name make a search one for that person: one of several is many people's.</summary>
    private const int TellingWords = 2;

    /// <summary>Forgets what names an erased credential, within the write that erases it.</summary>
    /// <param name="connection">That write's.</param>
    /// <param name="id">The UUID of its identifier.</param>
    /// <param name="learner">The learner's name; none if it cannot be read any more.</param>
    public static void Forget(DbConnection connection, Guid id, string? learner)
    {
        ForgetInBatches(connection, id);
        ForgetInRequests(connection, id);
        ForgetInWallets(connection, id);
        ForgetInViews(connection, id, learner);
    }

    /// <summary>That a row was left out stays, and not which credential its person had.</summary>
    private static void ForgetInBatches(DbConnection connection, Guid id)
    {
        string urn = $"urn:uuid:{id}";
        var found = new List<(long Issuance, byte[] Rows)>();
        using (var select = connection.Prepare(
            $"""
            SELECT issuance, rows FROM left_out
              WHERE {(connection is NpgsqlConnection ? "position($0 IN rows)" : "instr(rows, $0)")} > 0
            """, 1))
        using (var rows = select.With(Encoding.ASCII.GetBytes(urn)).ExecuteReader())
        {
            while (rows.Read()) found.Add((rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
        }

        using var update = connection.Prepare("UPDATE left_out SET rows = $1 WHERE issuance = $0", 2);
        foreach (var (issuance, rows) in found)
        {
            var leftOut = JsonSerializer.Deserialize<RowLeftOut[]>(rows, LedgerJson.Options)!
                .Select(row => row.Credential == urn ? row with { Credential = null } : row).ToArray();
            update.With(issuance, JsonSerializer.SerializeToUtf8Bytes(leftOut, LedgerJson.Options)).ExecuteNonQuery();
        }
    }

    /// <summary>A correction whose issuing has not begun is withdrawn: its rows are about the same person.</summary>
    private static void ForgetInRequests(DbConnection connection, Guid id)
    {
        using var withdraw = connection.Prepare(
            $"""
            UPDATE issuing_request
              SET state = '{IssuingRequestState.Withdrawn}', rows = NULL, fingerprint = NULL, parts = NULL,
                reason = 'What it corrects was erased.'
              WHERE corrects = $0
                AND state IN ('{IssuingRequestState.Waiting}', '{IssuingRequestState.Approved}',
                  '{IssuingRequestState.Failed}')
                AND NOT EXISTS (SELECT 1 FROM issuance i WHERE i.fingerprint = issuing_request.fingerprint)
            """, 1);
        withdraw.With(id.ToString("D")).ExecuteNonQuery();
        using var forget = connection.Prepare("UPDATE issuing_request SET corrects = NULL WHERE corrects = $0", 1);
        forget.With(id.ToString("D")).ExecuteNonQuery();
    }

    /// <summary>What a learner has allowed a wallet goes without it; it goes whole if it was for that alone.</summary>
    private static void ForgetInWallets(DbConnection connection, Guid id)
    {
        string name = id.ToString("N");
        using var delete = connection.Prepare("DELETE FROM wallet_authorization WHERE trim(credentials) = $0", 1);
        delete.With(name).ExecuteNonQuery();
        using var update = connection.Prepare(
            "UPDATE wallet_authorization SET credentials = replace(credentials, $0, '') WHERE credentials LIKE $1", 2);
        update.With(name, $"%{name}%").ExecuteNonQuery();
    }

    private static void ForgetInViews(DbConnection connection, Guid id, string? learner)
    {
        var words = learner is null ? [] : NameWords.Of(learner);
        var found = new List<string>();
        using (var select = connection.Prepare("SELECT id, name, query FROM saved_view", 0))
        using (var rows = select.ExecuteReader())
        {
            while (rows.Read())
            {
                string[] texts = [rows.GetString(1), .. ValuesOf(rows.GetString(2))];
                if (texts.Any(text => Names(text, id, words))) found.Add(rows.GetString(0));
            }
        }

        using var delete = connection.Prepare("DELETE FROM saved_view WHERE id = $0", 1);
        foreach (string view in found) delete.With(view).ExecuteNonQuery();
    }

    private static bool Names(string text, Guid id, IReadOnlyList<string> words) =>
        text.Contains(id.ToString("D"), StringComparison.OrdinalIgnoreCase)
        || (words.Count > 0
            && NameWords.Of(text).Intersect(words).Count() >= Math.Min(TellingWords, words.Count));

    /// <summary>What is looked for, as people wrote it.</summary>
    private static IEnumerable<string> ValuesOf(string query) => query.TrimStart('?').Split('&')
        .Select(part => Uri.UnescapeDataString(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]
            .Replace('+', ' ')));
}
