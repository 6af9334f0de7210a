using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Counts what is issued, suspended and revoked while blocks are taken in, so that nobody has to count a million
/// records to tell.
/// </summary>
internal sealed class IssuingTally(DbConnection connection) : IDisposable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS tally (
          msp_id TEXT NOT NULL, month TEXT NOT NULL, achievement TEXT NOT NULL, issued INTEGER NOT NULL,
          suspended INTEGER NOT NULL, reinstated INTEGER NOT NULL, revoked INTEGER NOT NULL,
          PRIMARY KEY (msp_id, month, achievement)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS version_tally (
          msp_id TEXT NOT NULL, achievement TEXT NOT NULL, version INTEGER NOT NULL, issued INTEGER NOT NULL,
          PRIMARY KEY (msp_id, achievement, version)) WITHOUT ROWID;
        """;

    // Where one issuance is for several achievements, the ledger does not say how many are for which.
    private const string Several = "";

    private readonly DbCommand _add = connection.Prepare(
        "INSERT INTO tally VALUES ($0, $1, $2, $3, $4, $5, $6) ON CONFLICT DO UPDATE SET issued = issued + $3, "
        + "suspended = suspended + $4, reinstated = reinstated + $5, revoked = revoked + $6", 7);

    private readonly DbCommand _addVersion = connection.Prepare(
        "INSERT INTO version_tally VALUES ($0, $1, $2, $3) ON CONFLICT DO UPDATE SET issued = issued + $3", 4);

    private readonly DbCommand _find = connection.Prepare("SELECT value FROM record WHERE key = $0", 1);

    /// <summary>Counts all that a projection holds, from what was announced.</summary>
    public static void CountAnew(DbConnection connection)
    {
        connection.Run("DELETE FROM tally; DELETE FROM version_tally");
        using var tally = new IssuingTally(connection);
        using var events = connection.Prepare(
            "SELECT name, payload FROM event WHERE name IN ($0, $1) ORDER BY block, position", 2);
        using var rows = events.With(EventNames.Issued, EventNames.StatusChanged).ExecuteReader();
        while (rows.Read())
        {
            byte[] record = rows.GetFieldValue<byte[]>(1);
            if (rows.GetString(0) == EventNames.Issued)
            {
                if (Parse<Issuance>(record) is { } issuance) tally.Count(issuance);
            }
            else if (Parse<Status>(record) is { } status)
                tally.Count(status);
        }
    }

    /// <summary>Counts an issuance.</summary>
    public void Count(Issuance issuance)
    {
        var statement = issuance.Statement;
        Add(statement, issuance.IssuedAt, issued: statement.Size);
        var versions = statement.Achievements.Distinct().Take(2).ToList();
        var one = versions.Count == 1 ? versions[0] : new AchievementReference(Several, 0);
        _addVersion.With(statement.MspId, one.Id, one.Version, statement.Size).ExecuteNonQuery();
    }

    /// <summary>Counts a change of a credential's status, once its issuance is written.</summary>
    public void Count(Status status)
    {
        if (FindIssuance(status.Statement.MspId, status.Statement.Root) is not { } issuance) return;
        switch (status.Statement.State)
        {
            case CredentialState.Suspended:
                Add(issuance, status.ChangedAt, suspended: 1);
                break;
            case CredentialState.InForce:
                Add(issuance, status.ChangedAt, reinstated: 1);
                break;
            case CredentialState.Revoked:
                Add(issuance, status.ChangedAt, revoked: 1);
                break;
        }
    }

    public void Dispose()
    {
        _add.Dispose();
        _addVersion.Dispose();
        _find.Dispose();
    }

    private void Add(
        IssuanceStatement issuance, DateTimeOffset at, long issued = 0, long suspended = 0, long reinstated = 0,
        long revoked = 0)
    {
        if (issuance.Achievements.Count == 0) return;
        string month = at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string first = issuance.Achievements[0].Id;
        string achievement = issuance.Achievements.All(one => one.Id == first) ? first : Several;
        _add.With(issuance.MspId, month, achievement, issued, suspended, reinstated, revoked).ExecuteNonQuery();
    }

    private IssuanceStatement? FindIssuance(string mspId, string root)
    {
        var key = RecordKey.Issuance(mspId, root);
        byte[] bytes = Encoding.UTF8.GetBytes(CompositeKey.Create(key.ObjectType, key.Attributes));
        return _find.With(bytes).ExecuteScalar() is byte[] value ? Parse<Issuance>(value)?.Statement : null;
    }

    /// <summary>Reads a record; none if it cannot be read, which then is counted once it can be.</summary>
    private static T? Parse<T>(byte[] json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, LedgerJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
