namespace MicroCreds.Ledger.Store;

/// <summary>
/// The trust files of other consortia as their own heads renewed them, of each agreement the newest: it never goes
/// back, whichever of several gateways is told first. Thread-safe.
/// </summary>
public sealed class RenewedTrusts(GatewayStore store)
{
    /// <summary>Finds what an agreement's version was renewed to; null if it was not.</summary>
    public RenewedTrust? Find(string agreement, int version)
    {
        using var reader = store.Database.Read();
        using var rows = reader
            .Prepare("SELECT size, trust FROM renewed_trust WHERE agreement = $0 AND version = $1", 2)
            .With(agreement, (long)version).ExecuteReader();
        return rows.Read()
            ? new RenewedTrust(agreement, version, rows.GetInt64(0), (byte[])rows.GetValue(1))
            : null;
    }

    /// <summary>Keeps a renewed trust file in the place of an earlier one.</summary>
    /// <returns>False if a later one is kept already.</returns>
    public Task<bool> KeepAsync(RenewedTrust renewed)
    {
        ArgumentNullException.ThrowIfNull(renewed);
        return store.Database.WriteAsync(connection =>
        {
            using var put = connection.Prepare(
                "INSERT INTO renewed_trust (agreement, version, size, trust) VALUES ($0, $1, $2, $3) "
                + "ON CONFLICT (agreement) DO UPDATE SET version = excluded.version, size = excluded.size, "
                + "trust = excluded.trust WHERE excluded.version > renewed_trust.version "
                + "OR (excluded.version = renewed_trust.version AND excluded.size >= renewed_trust.size)", 4);
            return put.With(renewed.Agreement, (long)renewed.Version, renewed.Size, renewed.Trust)
                .ExecuteNonQuery() > 0;
        });
    }
}

/// <summary>A trust file that was renewed.</summary>
/// <param name="Agreement">The agreement that it is of.</param>
/// <param name="Version">The version whose trust file was renewed: a later one has its own.</param>
/// <param name="Size">How many leaves the log had by the head that renewed it.</param>
/// <param name="Trust">The trust file.</param>
public sealed record RenewedTrust(string Agreement, int Version, long Size, byte[] Trust);
