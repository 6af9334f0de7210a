using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// The API keys. A key is 256 random bits, so that its plain SHA-256 is enough to keep; the hash's beginning is the
/// key's name, so that looking one up compares nothing secret byte by byte. What was withdrawn is looked up on the
/// ledger as well, which a restored copy of the data does not set back. Thread-safe.
/// </summary>
public sealed class ApiKeyRing
{
    /// <summary>The most keys, withdrawn ones included.</summary>
    public const int MaxKeys = 1000;

    private const string Prefix = "mc_";
    private const int KeyBytes = 32;
    private const int IdLength = 12;
    private const int MaxKeyLength = 256;

    /// <summary>How long a caller waits, after a start, until it is known which keys were withdrawn.</summary>
    public static readonly TimeSpan CatchUpTimeout = TimeSpan.FromSeconds(5);

    private readonly GatewayStore _store;
    private readonly LedgerProjection _projection;
    private readonly FirstCatchUp _catchUp;
    private readonly string _mspId;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Entry> _keys = new(StringComparer.Ordinal);
    private readonly ApiKeyVersion _version;

    /// <summary>Reads the keys that are stored.</summary>
    public ApiKeyRing(
        GatewayStore store, LedgerProjection projection, FirstCatchUp catchUp, GatewayServiceOptions options,
        TimeProvider time)
    {
        (_store, _projection, _catchUp, _time) = (store, projection, catchUp, time);
        _mspId = options.MspId;
        _version = new ApiKeyVersion(store, time);
        Load();
    }

    /// <summary>Finds the key that a caller sent.</summary>
    /// <returns>The key, or null if there is none such or it is withdrawn.</returns>
    /// <exception cref="ProblemException">Since the start it is not known yet whether it was withdrawn.</exception>
    public async ValueTask<ApiKey?> IdentifyAsync(string key, CancellationToken cancellationToken)
    {
        if (key.Length > MaxKeyLength)
            return null;
        byte[] hash = Hash(key);
        LoadIfChanged(IdOf(hash));
        if (!_keys.TryGetValue(IdOf(hash), out var entry)
            || !CryptographicOperations.FixedTimeEquals(entry.Hash, hash) || entry.Key.RevokedAt is not null)
            return null;
        if (!_catchUp.Done.IsCompleted)
            await CatchUpAsync(cancellationToken);
        return FindRecorded(entry) is null ? entry.Key : null;
    }

    /// <summary>Finds a key by its name, if it still counts.</summary>
    /// <exception cref="ProblemException">Since the start it is not known yet whether it was withdrawn.</exception>
    public async ValueTask<ApiKey?> FindInForceAsync(string id, CancellationToken cancellationToken)
    {
        LoadIfChanged(id);
        if (!_keys.TryGetValue(id, out var entry) || entry.Key.RevokedAt is not null)
            return null;
        if (!_catchUp.Done.IsCompleted)
            await CatchUpAsync(cancellationToken);
        return FindRecorded(entry) is null ? entry.Key : null;
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The secret, to be shown this once, and what is kept of it.</returns>
    public async Task<(string Secret, ApiKey Key)> CreateAsync(string name, IReadOnlyList<string> roles)
    {
        string secret = NewKey();
        return (secret, await AddAsync(secret, name, roles));
    }

    /// <summary>Withdraws a key, for good.</summary>
    /// <returns>The key, or null if there is none of that name.</returns>
    public async Task<ApiKey?> RevokeAsync(string id)
    {
        LoadIfChanged(id);
        if (!_keys.TryGetValue(id, out var entry))
            return null;
        if (entry.Key.RevokedAt is not null)
            return entry.Key;
        var revoked = entry.Key with { RevokedAt = _time.GetUtcNow() };

        // Refused from now on, even if writing it down fails: then the caller is told, and asks again.
        _keys[id] = entry with { Key = revoked };
        await _store.Database.WriteAsync(connection =>
        {
            MarkRevoked(connection, id, revoked.RevokedAt!.Value);
            ApiKeyVersion.Raise(connection);
        });
        return revoked;
    }

    /// <summary>Whether there is no key at all.</summary>
    internal bool IsEmpty => _keys.IsEmpty;

    /// <summary>The keys that were made as first keys and are in force here, oldest first.</summary>
    internal IReadOnlyList<string> FirstKeys(string? marked) =>
    [
        .. _keys.Values.Select(entry => entry.Key).Where(key => key.RevokedAt is null)
            .Where(key => marked is null ? key.Name == FirstKey.Name : key.Id == marked)
            .OrderBy(key => key.CreatedAt).Select(key => key.Id),
    ];

    /// <summary>
    /// Takes a first key, and ends in the same transaction those that it takes the place of. One that is known stays
    /// as it is, also if it was withdrawn.
    /// </summary>
    /// <param name="secret">The key.</param>
    /// <param name="ends">Those that it takes the place of.</param>
    /// <param name="marker">The setting that says which one it is.</param>
    /// <param name="onlyIfNone">
    /// Whether it is not taken where there is a key by then: of several gateways that start at once on an empty
    /// database, one makes the first.
    /// </param>
    /// <returns>The key, and whether it is new; no key if it was not taken.</returns>
    internal async Task<(ApiKey? Key, bool IsNew)> PutFirstAsync(
        string secret, IReadOnlyList<string> ends, string marker, bool onlyIfNone = false)
    {
        byte[] hash = Hash(secret);
        var now = _time.GetUtcNow();
        bool isNew = !_keys.TryGetValue(IdOf(hash), out var known);
        var key = known?.Key
            ?? new ApiKey { Id = IdOf(hash), Name = FirstKey.Name, Roles = GatewayRoles.All, CreatedAt = now };
        if (key.RevokedAt is not null)
            return (key, false);
        string[] ended = [.. ends.Where(id => id != key.Id)];
        bool isTaken = await _store.Database.WriteAsync(connection =>
        {
            if (onlyIfNone && HasAny(connection))
                return false;
            if (isNew)
                Insert(connection, key, hash);
            foreach (string id in ended)
                MarkRevoked(connection, id, now);
            GatewayStore.WriteSetting(connection, marker, Encoding.UTF8.GetBytes(key.Id));
            if (!isNew && ended.Length == 0)
                return true;
            AuditLog.Append(
                connection,
                new AuditDraft(
                    AuditPhase.Done, Caller.Gateway, AuditActions.FirstKey, $"api-key:{key.Id}", From: null),
                now);
            ApiKeyVersion.Raise(connection);
            return true;
        });
        if (!isTaken)
        {
            Load();
            return (null, false);
        }

        if (isNew)
            _keys[key.Id] = new Entry(hash, key);
        foreach (string id in ended)
            _keys[id] = _keys[id] with { Key = _keys[id].Key with { RevokedAt = now } };
        return (key, isNew);
    }

    private static bool HasAny(DbConnection connection)
    {
        using var select = connection.Prepare("SELECT 1 FROM api_key LIMIT 1", 0);
        return select.ExecuteScalar() is not null;
    }

    /// <summary>Finds a key by its name, as it is listed.</summary>
    public ApiKey? Find(string id) => _keys.TryGetValue(id, out var entry) ? Describe(entry) : null;

    /// <summary>Lists the keys, oldest first.</summary>
    public IReadOnlyList<ApiKey> List()
    {
        LoadIfChanged();
        return [.. _keys.Values.Select(Describe).OrderBy(key => key.CreatedAt)];
    }

    /// <summary>Lists the keys that are withdrawn here, of which the ledger does not know yet.</summary>
    internal IReadOnlyList<WithdrawnKey> ListUnrecorded()
    {
        LoadIfChanged();
        return
        [
            .. _keys.Values.Where(entry => entry.Key.RevokedAt is not null && FindRecorded(entry) is null)
                .Select(entry => new WithdrawnKey(entry.Key.Id, entry.Mark)),
        ];
    }

    private DateTimeOffset? FindRecorded(Entry entry) =>
        _projection.FindWithdrawal(RecordKey.WithdrawnApiKey(_mspId, entry.Mark));

    private ApiKey Describe(Entry entry)
    {
        var recorded = FindRecorded(entry);
        var revokedAt = entry.Key.RevokedAt ?? recorded;
        return revokedAt is null
            ? entry.Key
            : entry.Key with { RevokedAt = revokedAt, WithdrawalOnLedger = recorded is not null };
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _catchUp.Done.WaitAsync(CatchUpTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ProblemException(
                ProblemKind.LedgerUnavailable,
                "This gateway has not read the ledger since it started, and withdrawn API keys are recorded there: "
                + "its own data may be a restored copy that does not know of them. Send the request again once the "
                + "peer answers (GET /readyz tells).");
        }
    }

    /// <summary>Makes a secret for a key.</summary>
    internal static string NewKey() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string IdOf(byte[] hash) => Convert.ToHexStringLower(hash)[..IdLength];

    private async Task<ApiKey> AddAsync(string secret, string name, IReadOnlyList<string> roles)
    {
        byte[] hash = Hash(secret);
        var key = new ApiKey { Id = IdOf(hash), Name = name, Roles = roles, CreatedAt = _time.GetUtcNow() };
        await _store.Database.WriteAsync(connection =>
        {
            Insert(connection, key, hash);
            ApiKeyVersion.Raise(connection);
        });
        _keys[key.Id] = new Entry(hash, key);
        return key;
    }

    private static void Insert(DbConnection connection, ApiKey key, byte[] hash)
    {
        using var insert = connection.Prepare(
            "INSERT INTO api_key VALUES ($0, $1, $2, $3, $4, NULL) ON CONFLICT (id) DO NOTHING", 5);
        insert.With(key.Id, hash, key.Name, string.Join(',', key.Roles), key.CreatedAt.ToUnixTimeMilliseconds())
            .ExecuteNonQuery();
    }

    private static void MarkRevoked(DbConnection connection, string id, DateTimeOffset moment)
    {
        using var update = connection.Prepare(
            "UPDATE api_key SET revoked_at = $1 WHERE id = $0 AND revoked_at IS NULL", 2);
        update.With(id, moment.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    }

    /// <summary>Reads what other gateways have made or withdrawn; one that is not known here may be new.</summary>
    private void LoadIfChanged(string? id = null) =>
        _version.LoadIfChanged(isUrgent: id is not null && !_keys.ContainsKey(id), Load);

    private void Load()
    {
        using var reader = _store.Database.Read();
        var select = reader.Prepare(
            "SELECT id, hash, name, roles, created_at, revoked_at FROM api_key", 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            var key = new ApiKey
            {
                Id = rows.GetString(0),
                Name = rows.GetString(2),
                Roles = rows.GetString(3).Split(','),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4)),
                RevokedAt = rows.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(5)),
            };

            // What is withdrawn here stays so, also where that could not be written down.
            _keys.AddOrUpdate(
                key.Id, static (_, read) => read,
                static (_, known, read) => known.Key.RevokedAt is null ? read : known,
                new Entry(rows.GetFieldValue<byte[]>(1), key));
        }
    }

    private sealed record Entry(byte[] Hash, ApiKey Key)
    {
        /// <summary>What the ledger knows it by: not even the hash that is compared with here.</summary>
        public string Mark { get; } = Convert.ToHexStringLower(SHA256.HashData(Hash));
    }
}

/// <summary>A key that was withdrawn here.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Mark">What the ledger knows it by.</param>
internal sealed record WithdrawnKey(string Id, string Mark);
