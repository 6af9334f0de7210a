using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>What belongs to a practice, and goes with it.</summary>
internal static class PracticeRows
{
    /// <summary>Forgets practices with their statements, documents, sessions, links and mails.</summary>
    /// <returns>How many.</returns>
    public static int Forget(DbConnection connection, string condition, params object?[] values)
    {
        var ids = new List<byte[]>();
        using (var select = connection.Prepare($"SELECT id FROM practice WHERE {condition}", values.Length))
        using (var rows = select.With(values).ExecuteReader())
        {
            while (rows.Read()) ids.Add(rows.GetFieldValue<byte[]>(0));
        }

        foreach (byte[] id in ids)
        {
            ForgetStatements(connection, "practice = $0", id);
            foreach (string sql in (string[])[
                "DELETE FROM xapi_document WHERE practice = $0", "DELETE FROM practice_session WHERE practice = $0",
                "DELETE FROM practice_link WHERE practice = $0", "DELETE FROM delivery WHERE credential = $0",
                "DELETE FROM practice WHERE id = $0"])
            {
                using var delete = connection.Prepare(sql, 1);
                delete.With(id).ExecuteNonQuery();
            }
        }

        return ids.Count;
    }

    /// <summary>Forgets the practice that led to a credential, which was erased.</summary>
    public static void ForgetOf(DbConnection connection, byte[] credential) =>
        Forget(connection, "credential = $0", credential);

    /// <summary>Forgets statements with what finds them and what is attached.</summary>
    /// <returns>How many.</returns>
    public static int ForgetStatements(DbConnection connection, string condition, params object?[] values)
    {
        foreach (string table in (string[])["xapi_term", "xapi_attachment"])
        {
            using var delete = connection.Prepare(
                $"""
                DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM xapi_statement s
                  WHERE s.simulator = {table}.simulator AND s.id = {table}.id AND {condition})
                """, values.Length);
            delete.With(values).ExecuteNonQuery();
        }

        using var statements = connection.Prepare($"DELETE FROM xapi_statement WHERE {condition}", values.Length);
        return statements.With(values).ExecuteNonQuery();
    }
}
