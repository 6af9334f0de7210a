using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Keeps what status lists say while blocks are taken in, so that nobody has to read a million records to sign one: of
/// what is revoked its places alone, in pieces; of all else each credential.
/// </summary>
internal sealed class StatusListing(DbConnection connection) : IDisposable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS listed_revoked (
          msp_id TEXT NOT NULL, list TEXT NOT NULL, piece INTEGER NOT NULL, bits BLOB NOT NULL,
          PRIMARY KEY (msp_id, list, piece)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS listed_other (
          key BLOB PRIMARY KEY, msp_id TEXT NOT NULL, list TEXT NOT NULL, place INTEGER NOT NULL, state TEXT)
          WITHOUT ROWID;
        DROP INDEX IF EXISTS listed_other_by_list;
        CREATE INDEX IF NOT EXISTS listed_other_by_state ON listed_other (msp_id, list, state, place);
        CREATE TABLE IF NOT EXISTS listed_version (
          msp_id TEXT NOT NULL, list TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (msp_id, list)) WITHOUT ROWID;
        """;

    /// <summary>Forgets all; versions stay, since what was signed before must not be taken for what is signed then.
    /// </summary>
    public const string Clear = "DELETE FROM listed_revoked; DELETE FROM listed_other;";

    /// <summary>How many bytes of places are written together: a change rewrites so many.</summary>
    public const int PieceBytes = 4096;

    private readonly Dictionary<(string MspId, string Root), IssuanceStatement?> _issuances = [];
    private readonly Dictionary<(string MspId, string List, int Piece), byte[]> _pieces = [];
    private readonly Dictionary<(string MspId, string List), long> _changes = [];

    private readonly DbCommand _find = connection.Prepare("SELECT value FROM record WHERE key = $0", 1);

    private readonly DbCommand _read = connection.Prepare(
        "SELECT bits FROM listed_revoked WHERE msp_id = $0 AND list = $1 AND piece = $2", 3);

    private readonly DbCommand _put = connection.Prepare(
        "INSERT OR REPLACE INTO listed_other VALUES ($0, $1, $2, $3, $4)", 5);

    private readonly DbCommand _remove = connection.Prepare("DELETE FROM listed_other WHERE key = $0", 1);

    private bool _isContradicted;

    /// <summary>Lists all that a projection holds.</summary>
    public static void ListAnew(DbConnection connection)
    {
        connection.Run(Clear);
        using var listing = new StatusListing(connection);
        using (var rows = connection.Prepare(
            $"SELECT key, value, key IN (SELECT key FROM unreadable) FROM record WHERE {BlockWriter.OfStatuses}", 0)
            .ExecuteReader())
        {
            while (rows.Read())
            {
                byte[] key = rows.GetFieldValue<byte[]>(0);
                listing.Note(key, rows.GetInt64(2) == 0 ? Parse<Status>(rows.GetFieldValue<byte[]>(1)) : null);
            }
        }

        listing.Keep();
    }

    /// <summary>Lists what stands of a credential, once its issuance is written.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="status">What stands; none if it cannot be read, which is never good news.</param>
    public void Note(byte[] key, Status? status)
    {
        var (_, attributes) = CompositeKey.Split(Encoding.UTF8.GetString(key));
        if (attributes is not [var mspId, var root, var digits]
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || FindIssuance(mspId, root) is not { } issuance
            || StatusListOrder.PositionOf(issuance, index) is not { } place)
            return;
        string list = issuance.StatusList;
        _changes[(mspId, list)] = _changes.GetValueOrDefault((mspId, list)) + 1;
        byte[] piece = PieceOf(mspId, list, place / 8 / PieceBytes);
        ref byte eight = ref piece[place / 8 % PieceBytes];
        byte bit = (byte)(0x80 >> (place & 7));
        string? state = status?.Statement.State;
        if (state == CredentialState.Revoked)
        {
            eight |= bit;
            _remove.With(key).ExecuteNonQuery();
            return;
        }

        // Nobody takes a revocation back, and no two stand at one place: if it looks so, all is looked at again.
        _isContradicted |= state is not null && (eight & bit) != 0;
        _put.With(key, mspId, list, place, state).ExecuteNonQuery();
    }

    /// <summary>Writes down what was listed.</summary>
    public void Keep()
    {
        using var put = connection.Prepare("INSERT OR REPLACE INTO listed_revoked VALUES ($0, $1, $2, $3)", 4);
        foreach (var ((mspId, list, piece), bits) in _pieces)
            put.With(mspId, list, piece, bits).ExecuteNonQuery();
        using var count = connection.Prepare(
            "INSERT INTO listed_version VALUES ($0, $1, $2) ON CONFLICT DO UPDATE SET version = version + $2", 3);
        foreach (var ((mspId, list), changes) in _changes)
            count.With(mspId, list, changes).ExecuteNonQuery();
        _pieces.Clear();
        _changes.Clear();
    }

    /// <summary>Writes down what was listed; where it does not fit to what was listed before, all is listed anew.
    /// </summary>
    public void KeepOrListAnew()
    {
        bool isContradicted = _isContradicted;
        Keep();
        if (isContradicted) ListAnew(connection);
    }

    public void Dispose()
    {
        _find.Dispose();
        _read.Dispose();
        _put.Dispose();
        _remove.Dispose();
    }

    private byte[] PieceOf(string mspId, string list, int piece)
    {
        if (!_pieces.TryGetValue((mspId, list, piece), out byte[]? bits))
        {
            bits = _read.With(mspId, list, piece).ExecuteScalar() as byte[] ?? new byte[PieceBytes];
            _pieces[(mspId, list, piece)] = bits;
        }

        return bits;
    }

    private IssuanceStatement? FindIssuance(string mspId, string root)
    {
        if (_issuances.TryGetValue((mspId, root), out var known)) return known;
        var key = RecordKey.Issuance(mspId, root);
        byte[] bytes = Encoding.UTF8.GetBytes(CompositeKey.Create(key.ObjectType, key.Attributes));
        if (_issuances.Count >= ProjectedRecords.MaxCachedIssuances) _issuances.Clear();
        return _issuances[(mspId, root)] = _find.With(bytes).ExecuteScalar() is byte[] value
            ? Parse<Issuance>(value)?.Statement : null;
    }

    /// <summary>Reads a record; none if it cannot be read, which then is listed once it can be.</summary>
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
