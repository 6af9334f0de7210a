using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Mails to learners as rows of their table.</summary>
internal static class DeliveryRows
{
    /// <summary>Keeps whom new credentials are sent to, until their issuance is on the ledger.</summary>
    public static void Hold(DbConnection connection, long issuance, IReadOnlyList<StoredDocument> documents)
    {
        DbCommand? insert = null;
        try
        {
            foreach (var document in documents)
            {
                if (document.MailTo is not { } to) continue;
                insert ??= connection.Prepare(
                    """
                    INSERT INTO delivery
                      (credential, number, issuance, kind, address, language, state, attempts, created_at, due_at)
                      VALUES ($0, 1, $1, $2, $3, $4, 'held', 0, 0, 0)
                    """, 5);
                insert.With(
                    document.Id.ToByteArray(bigEndian: true), issuance, DeliveryKind.Claim, to.Address, to.Language)
                    .ExecuteNonQuery();
            }
        }
        finally
        {
            insert?.Dispose();
        }
    }

    /// <summary>Has what was held be sent.</summary>
    public static void Release(DbConnection connection, long issuance, DateTimeOffset now)
    {
        using var update = connection.Prepare(
            """
            UPDATE delivery SET state = 'waiting', created_at = $1, due_at = $1
              WHERE issuance = $0 AND state = 'held'
            """, 2);
        update.With(issuance, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    }

    /// <summary>Forgets what is held of an issuance that is built anew, or is not to be.</summary>
    public static void Drop(DbConnection connection, long issuance)
    {
        using var delete = connection.Prepare("DELETE FROM delivery WHERE issuance = $0 AND state = 'held'", 1);
        delete.With(issuance).ExecuteNonQuery();
    }

    /// <summary>Has a further mail about a credential be sent.</summary>
    /// <returns>Its number.</returns>
    public static int Add(
        DbConnection connection, Guid credential, long issuance, string kind, MailTo to, DateTimeOffset now)
    {
        using var insert = connection.Prepare(
            """
            INSERT INTO delivery
              (credential, number, issuance, kind, address, language, state, attempts, created_at, due_at)
              VALUES ($0, (SELECT COALESCE(MAX(number), 0) + 1 FROM delivery WHERE credential = $0), $1, $2, $3, $4,
                'waiting', 0, $5, $5) RETURNING number
            """, 6);
        return Convert.ToInt32(
            insert.With(
                credential.ToByteArray(bigEndian: true), issuance, kind, to.Address, to.Language,
                now.ToUnixTimeMilliseconds()).ExecuteScalar(),
            CultureInfo.InvariantCulture);
    }
}
