using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What was issued in the place of a credential that is still to be revoked: kept in the transaction that keeps the
/// issuance (<see cref="IssuanceSource.Corrects"/>), so that no crash leaves both in force. Thread-safe.
/// </summary>
public sealed class PendingCorrections(GatewayStore store)
{
    private const int AtATime = 100;

    /// <summary>Lists what is on the ledger and has not taken the other's place yet, the oldest first.</summary>
    /// <param name="issuedBefore">What was issued since may still be ended by the request that issued it.</param>
    public IReadOnlyList<PendingCorrection> List(DateTimeOffset issuedBefore)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT i.number, i.id, s.corrects, c.id FROM issuance_source s JOIN issuance i ON i.id = s.issuance
              JOIN credential c ON c.issuance = i.number
              WHERE s.corrects IS NOT NULL AND i.state = 'issued' AND i.issued_at <= $0 ORDER BY i.number LIMIT $1
            """, 2).With(issuedBefore.ToUnixTimeMilliseconds(), AtATime).ExecuteReader();
        var found = new List<PendingCorrection>();
        while (rows.Read())
        {
            found.Add(new PendingCorrection(
                rows.GetInt64(0), rows.GetString(1), rows.GetString(2),
                new Guid(rows.GetFieldValue<byte[]>(3), bigEndian: true)));
        }

        return found;
    }

    /// <summary>Says that nothing is left to be done of it.</summary>
    /// <param name="issuance">The number of the issuance that takes the other's place.</param>
    public Task EndAsync(long issuance) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            """
            UPDATE issuance_source SET corrects = NULL
              WHERE corrects IS NOT NULL AND issuance IN (SELECT id FROM issuance WHERE number = $0)
            """, 1);
        update.With(issuance).ExecuteNonQuery();
    });

    /// <summary>Forgets what an erased credential was to be replaced by, or takes the place of.</summary>
    internal static void Forget(DbConnection connection, Guid credential, long issuance)
    {
        using var update = connection.Prepare(
            """
            UPDATE issuance_source SET corrects = NULL
              WHERE corrects IS NOT NULL
                AND (corrects = $0 OR issuance IN (SELECT id FROM issuance WHERE number = $1 AND kind = $2))
            """, 3);
        update.With(credential.ToString("D"), issuance, IssuanceKind.Credential).ExecuteNonQuery();
    }
}

/// <summary>An issuance that takes the place of a credential which is still to be revoked.</summary>
/// <param name="Number">The issuance's number.</param>
/// <param name="Issuance">Its name in addresses.</param>
/// <param name="Corrects">The UUID of what it takes the place of.</param>
/// <param name="Replacement">The UUID of the credential that was issued.</param>
public sealed record PendingCorrection(long Number, string Issuance, string Corrects, Guid Replacement);
