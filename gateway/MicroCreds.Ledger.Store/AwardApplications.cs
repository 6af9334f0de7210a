using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What learners ask for. A credential stands in one open application for a pathway, so that there are no more of them
/// than genuine credentials; what was brought is forgotten once it is decided. Thread-safe.
/// </summary>
public sealed class AwardApplications(GatewayStore store)
{
    private const string Columns =
        """
        id, pathway, version, learner, address, language, state, created_at, request, credential, decided_by,
        decided_at, reason
        """;

    /// <summary>Keeps an application.</summary>
    /// <param name="application">The application.</param>
    /// <param name="secret">What leads its learner to it.</param>
    /// <param name="device">The secret of the learner's device. Default is none.</param>
    /// <param name="parts">The identifiers of the credentials that count.</param>
    /// <param name="credentials">What was brought, as JSON.</param>
    /// <returns>Whether it is kept: not if one of the credentials stands in another that is open.</returns>
    public Task<bool> AddAsync(
        AwardApplication application, string secret, string? device, IReadOnlyList<string> parts,
        ReadOnlyMemory<byte> credentials)
    {
        ArgumentNullException.ThrowIfNull(application);
        byte[] id = application.Id.ToByteArray(bigEndian: true);
        return store.Database.WriteAsync(connection =>
        {
            using var find = connection.Prepare(
                """
                SELECT 1 FROM application_part p JOIN application a ON a.id = p.application
                  WHERE p.part = $0 AND a.pathway = $1 AND a.state IN ('waiting', 'awarding')
                """, 2);
            if (parts.Any(part => find.With(part, application.Pathway).ExecuteScalar() is not null)) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO application
                  (id, hash, device, pathway, version, learner, address, language, state, created_at, credentials)
                  VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, 11);
            insert.With(
                id, LearnerSecret.HashOf(secret), device is null ? null : LearnerSecret.HashOf(device),
                application.Pathway, application.Version, application.Learner, application.MailTo?.Address,
                application.MailTo?.Language, application.State, application.CreatedAt.ToUnixTimeMilliseconds(),
                PackedDocument.Of(credentials.Span).Bytes).ExecuteNonQuery();
            using var add = connection.Prepare("INSERT INTO application_part VALUES ($0, $1)", 2);
            foreach (string part in parts) add.With(part, id).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Finds an application; of one that was awarded long ago nothing is told.</summary>
    public AwardApplication? Find(Guid id) => Select(
        $"id = $0 AND state <> '{AwardApplicationState.Past}'", "id", 1, id.ToByteArray(bigEndian: true))
        .FirstOrDefault();

    /// <summary>Finds an application by what its learner was given.</summary>
    public AwardApplication? Find(string secret) => LearnerSecret.IsOne(secret)
        ? Select("hash = $0", "id", 1, LearnerSecret.HashOf(secret)).FirstOrDefault() : null;

    /// <summary>Lists what a device asked for, the newest first.</summary>
    public IReadOnlyList<AwardApplication> ListOfDevice(string device, int count) => LearnerSecret.IsOne(device)
        ? Select("device = $0", "created_at DESC, id", count, LearnerSecret.HashOf(device)) : [];

    /// <summary>Lists applications of a state: of the open ones the oldest first, of the others the newest.</summary>
    /// <param name="states">One or more of <see cref="AwardApplicationState"/>.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<AwardApplication> List(IReadOnlyCollection<string> states, int count)
    {
        string order = states.All(AwardApplicationState.Open.Contains) ? "created_at, id" : "decided_at DESC, id";
        string places = string.Join(", ", states.Select((_, i) => $"${i.ToString(CultureInfo.InvariantCulture)}"));
        return Select($"state IN ({places})", order, count, [.. states]);
    }

    /// <summary>Counts what learners ask, or asked, for by the pathway's name.</summary>
    public IReadOnlyDictionary<string, long> CountByPathway()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT pathway, COUNT(*) FROM application GROUP BY pathway", 0)
            .ExecuteReader();
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        while (rows.Read()) found[rows.GetString(0)] = rows.GetInt64(1);
        return found;
    }

    /// <summary>Counts the open ones.</summary>
    public int CountOpen()
    {
        using var reader = store.Database.Read();
        return Convert.ToInt32(
            reader.Prepare("SELECT count(*) FROM application WHERE state IN ($0, $1)", 2)
                .With([.. AwardApplicationState.Open]).ExecuteScalar(),
            CultureInfo.InvariantCulture);
    }

    /// <summary>What was brought, as JSON; nothing once it is decided.</summary>
    public byte[]? ReadCredentials(Guid id)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT credentials FROM application WHERE id = $0", 1)
            .With(id.ToByteArray(bigEndian: true)).ExecuteScalar() is byte[] packed
            ? new PackedDocument(packed).Unpack() : null;
    }

    /// <summary>The awards of the same pathway, in any version, that credentials of an application led to before.
    /// </summary>
    public IReadOnlyList<Guid> ListAwardsOfParts(Guid id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT DISTINCT b.credential FROM application a
              JOIN application_part own ON own.application = a.id
              JOIN application_part p ON p.part = own.part AND p.application <> a.id
              JOIN application b ON b.id = p.application AND b.pathway = a.pathway AND b.credential IS NOT NULL
              WHERE a.id = $0 ORDER BY b.credential
            """, 1).With(id.ToByteArray(bigEndian: true)).ExecuteReader();
        var found = new List<Guid>();
        while (rows.Read()) found.Add(new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true));
        return found;
    }

    /// <summary>The identifiers of the credentials that count; none once it is declined.</summary>
    public IReadOnlyList<string> ListParts(Guid id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT part FROM application_part WHERE application = $0 ORDER BY part", 1)
            .With(id.ToByteArray(bigEndian: true)).ExecuteReader();
        var found = new List<string>();
        while (rows.Read()) found.Add(rows.GetString(0));
        return found;
    }

    /// <summary>Has an application be awarded from now on: nobody else does, or declines it, meanwhile.</summary>
    /// <param name="id">The application.</param>
    /// <param name="by">Who awards it, as JSON.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Whether it waited.</returns>
    public Task<bool> BeginAsync(Guid id, string by, DateTimeOffset now) => MoveAsync(
        id, AwardApplicationState.Waiting,
        $"state = '{AwardApplicationState.Awarding}', request = NULL, decided_by = $2, decided_at = $3",
        by, now.ToUnixTimeMilliseconds());

    /// <summary>Has it wait again: nothing was issued.</summary>
    public Task<bool> WaitAgainAsync(Guid id) => MoveAsync(
        id, AwardApplicationState.Awarding,
        $"state = '{AwardApplicationState.Waiting}', request = NULL, decided_by = NULL, decided_at = NULL");

    /// <summary>Notes which request waits for another person's approval.</summary>
    public Task<bool> SetRequestAsync(Guid id, string request) =>
        MoveAsync(id, AwardApplicationState.Awarding, "request = $2", request);

    /// <summary>Notes that the award is on the ledger, and forgets what was brought.</summary>
    /// <returns>Whether it was open.</returns>
    public Task<bool> SetAwardedAsync(Guid id, Guid credential, string by, DateTimeOffset now) => EndAsync(
        id, AwardApplicationState.Awarded, AwardApplicationState.Open,
        "credential = $5, decided_by = $3, decided_at = $4", null,
        by, now.ToUnixTimeMilliseconds(), credential.ToByteArray(bigEndian: true));

    /// <summary>Declines it, has its learner be told by mail, and forgets what was brought.</summary>
    /// <param name="id">The application.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">Who decides, as JSON.</param>
    /// <param name="now">The moment.</param>
    /// <param name="mails">Whether mails are sent.</param>
    /// <returns>Whether it waited.</returns>
    public Task<bool> DeclineAsync(Guid id, string reason, string by, DateTimeOffset now, bool mails) => EndAsync(
        id, AwardApplicationState.Declined, [AwardApplicationState.Waiting],
        "reason = $5, decided_by = $3, decided_at = $4",
        connection =>
        {
            if (!mails || Find(connection, id)?.MailTo is not { } to) return;
            DeliveryRows.Add(connection, id, issuance: 0, DeliveryKind.Declined, to, now);
        },
        by, now.ToUnixTimeMilliseconds(), reason);

    /// <summary>Forgets an application that its learner takes back.</summary>
    /// <returns>Whether it waited.</returns>
    public async Task<bool> WithdrawAsync(string secret)
    {
        bool isGone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare(
                "DELETE FROM application WHERE hash = $0 AND state = 'waiting' RETURNING id", 1);
            if (delete.With(LearnerSecret.HashOf(secret)).ExecuteScalar() is not byte[] id) return false;
            ForgetParts(connection, id);
            return true;
        });
        if (isGone) store.NoteDeletion();
        return isGone;
    }

    /// <summary>Forgets what nobody decided for long, and what was decided long ago.</summary>
    /// <param name="askedBefore">What waits since before then goes.</param>
    /// <param name="decidedBefore">What was decided before then goes.</param>
    /// <param name="noted">Notes how many went, in the same transaction; not called if none did.</param>
    public async Task SweepAsync(
        DateTimeOffset askedBefore, DateTimeOffset decidedBefore, Action<DbConnection, int>? noted = null)
    {
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var select = connection.Prepare(
                """
                SELECT id FROM application
                  WHERE (state = 'waiting' AND created_at < $0) OR (state = 'declined' AND decided_at < $1)
                """, 2);
            int old = ForgetAll(connection, select.With(
                askedBefore.ToUnixTimeMilliseconds(), decidedBefore.ToUnixTimeMilliseconds()));
            using var blank = connection.Prepare(
                $"""
                UPDATE application SET state = '{AwardApplicationState.Past}', hash = id, device = NULL, learner = '',
                    address = NULL, language = NULL, decided_by = NULL
                  WHERE state = 'awarded' AND decided_at < $0
                """, 1);
            old += blank.With(decidedBefore.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            if (old > 0) noted?.Invoke(connection, old);
            return old;
        });
        if (gone > 0) store.NoteDeletion();
    }

    /// <summary>Forgets all that stands on a credential, or is one: it was erased.</summary>
    internal static void Forget(DbConnection connection, byte[] credential)
    {
        using var select = connection.Prepare(
            """
            SELECT application FROM application_part WHERE part = $0
              UNION SELECT id FROM application WHERE credential = $1
            """, 2);
        ForgetAll(connection, select.With($"urn:uuid:{new Guid(credential, bigEndian: true)}", credential));
    }

    private static int ForgetAll(DbConnection connection, DbCommand select)
    {
        var ids = new List<byte[]>();
        using (var rows = select.ExecuteReader())
        {
            while (rows.Read()) ids.Add(rows.GetFieldValue<byte[]>(0));
        }

        using var delete = connection.Prepare("DELETE FROM application WHERE id = $0", 1);
        using var mails = connection.Prepare("DELETE FROM delivery WHERE credential = $0", 1);
        foreach (byte[] id in ids)
        {
            delete.With(id).ExecuteNonQuery();
            mails.With(id).ExecuteNonQuery();
            ForgetParts(connection, id);
        }

        return ids.Count;
    }

    private static void ForgetParts(DbConnection connection, byte[] id)
    {
        using var delete = connection.Prepare("DELETE FROM application_part WHERE application = $0", 1);
        delete.With(id).ExecuteNonQuery();
    }

    private Task<bool> MoveAsync(Guid id, string from, string set, params object?[] more) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"UPDATE application SET {set} WHERE id = $0 AND state = $1", 2 + more.Length);
            return update.With([id.ToByteArray(bigEndian: true), from, .. more]).ExecuteNonQuery() > 0;
        });

    private async Task<bool> EndAsync(
        Guid id, string to, IReadOnlyList<string> from, string set, Action<DbConnection>? then, params object?[] more)
    {
        byte[] key = id.ToByteArray(bigEndian: true);
        bool isEnded = await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"""
                UPDATE application SET state = '{to}', request = NULL, credentials = NULL, {set}
                  WHERE id = $0 AND state IN ($1, $2)
                """, 3 + more.Length);
            if (update.With([key, from[0], from[^1], .. more]).ExecuteNonQuery() == 0) return false;
            if (to == AwardApplicationState.Declined) ForgetParts(connection, key);
            then?.Invoke(connection);
            return true;
        });
        if (isEnded) store.NoteDeletion();
        return isEnded;
    }

    private static AwardApplication? Find(DbConnection connection, Guid id)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM application WHERE id = $0", 1);
        using var rows = select.With(id.ToByteArray(bigEndian: true)).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    private List<AwardApplication> Select(string condition, string order, int count, params object?[] values)
    {
        using var reader = store.Database.Read();
        string limit = values.Length.ToString(CultureInfo.InvariantCulture);
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM application WHERE {condition} ORDER BY {order} LIMIT ${limit}", values.Length + 1)
            .With([.. values, count]).ExecuteReader();
        var found = new List<AwardApplication>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    private static AwardApplication Map(DbDataReader rows) => new()
    {
        Id = new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true),
        Pathway = rows.GetString(1),
        Version = rows.GetInt32(2),
        Learner = rows.GetString(3),
        MailTo = rows.IsDBNull(4) ? null : new MailTo(rows.GetString(4), rows.IsDBNull(5) ? null : rows.GetString(5)),
        State = rows.GetString(6),
        CreatedAt = rows.MomentAt(7)!.Value,
        Request = rows.IsDBNull(8) ? null : rows.GetString(8),
        Credential = rows.IsDBNull(9) ? null : new Guid(rows.GetFieldValue<byte[]>(9), bigEndian: true),
        DecidedBy = rows.IsDBNull(10) ? null : rows.GetString(10),
        DecidedAt = rows.MomentAt(11),
        Reason = rows.IsDBNull(12) ? null : rows.GetString(12),
    };
}
