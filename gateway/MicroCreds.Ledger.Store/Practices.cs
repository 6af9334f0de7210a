using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>What learners practise, and what became of it. Thread-safe.</summary>
public sealed class Practices(GatewayStore store)
{
    /// <summary>The most links to one practice.</summary>
    public const int MaxLinks = 10;

    /// <summary>How many links are sent in a day to one address.</summary>
    public const int MaxADay = 10;

    /// <summary>
    /// The most that are begun in a day, by whomever, whose mail nobody has answered: none needs a login for that.
    /// </summary>
    public const int MaxUnconfirmed = 5000;

    /// <summary>How long it takes until a link is sent again to the same address.</summary>
    public static readonly TimeSpan LinkPause = TimeSpan.FromMinutes(2);

    private const string Columns =
        """
        p.id, p.rule, p.learner, p.address, p.language, p.confirmed_at, p.state, p.created_at, p.used_at, p.evidence,
        p.request, p.credential, p.decided_by, p.decided_at, p.reason
        """;

    /// <summary>
    /// Keeps a practice, and has a link to it be sent to its learner. Who practises for the rule under this address
    /// and name already is sent a link to that.
    /// </summary>
    /// <param name="practice">The practice.</param>
    /// <param name="device">The secret of the learner's device. Default is none.</param>
    /// <param name="mails">Whether mails are sent.</param>
    /// <returns>Whether there was room for it (<see cref="MaxUnconfirmed"/>).</returns>
    public Task<bool> AddAsync(Practice practice, string? device, bool mails)
    {
        ArgumentNullException.ThrowIfNull(practice);
        long now = practice.CreatedAt.ToUnixTimeMilliseconds();
        return store.Database.WriteAsync(connection =>
        {
            byte[] id = practice.Id.ToByteArray(bigEndian: true);
            if (mails && IsTooMuch(connection, practice, now)) return true;
            if (mails && practice.MailTo is { } to && FindOpen(connection, practice) is { } same)
            {
                if (HasMailSince(connection, same, now - (long)LinkPause.TotalMilliseconds)) return true;
                DeliveryRows.Add(
                    connection, new Guid(same, bigEndian: true), issuance: 0, DeliveryKind.Practice, to,
                    practice.CreatedAt);
                return true;
            }

            if (mails && HasNoRoom(connection, now)) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO practice (id, rule, learner, address, language, device, state, created_at, used_at)
                  VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $7)
                """, 8);
            insert.With(
                id, practice.Rule, practice.Learner, practice.MailTo?.Address, practice.MailTo?.Language,
                device is null ? null : LearnerSecret.HashOf(device), practice.State, now).ExecuteNonQuery();
            if (mails && practice.MailTo is { } first)
            {
                DeliveryRows.Add(
                    connection, practice.Id, issuance: 0, DeliveryKind.Practice, first, practice.CreatedAt);
            }

            return true;
        });
    }

    /// <summary>Makes a link to a practice.</summary>
    /// <returns>Its secret; null if there is no such practice.</returns>
    public async Task<string?> LinkAsync(Guid id, DateTimeOffset now)
    {
        string secret = LearnerSecret.Draw();
        byte[] key = id.ToByteArray(bigEndian: true);
        bool isMade = await store.Database.WriteAsync(connection =>
        {
            using var old = connection.Prepare(
                """
                DELETE FROM practice_link WHERE practice = $0 AND hash NOT IN (
                  SELECT hash FROM practice_link WHERE practice = $0 ORDER BY created_at DESC LIMIT $1)
                """, 2);
            old.With(key, MaxLinks - 1).ExecuteNonQuery();
            using var insert = connection.Prepare(
                "INSERT INTO practice_link SELECT $1, p.id, $2 FROM practice p WHERE p.id = $0", 3);
            return insert.With(key, LearnerSecret.HashOf(secret), now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
        return isMade ? secret : null;
    }

    /// <summary>Finds a practice.</summary>
    public Practice? Find(Guid id) =>
        Select("FROM practice p WHERE p.id = $0", id.ToByteArray(bigEndian: true)).FirstOrDefault();

    /// <summary>Finds a practice by what its learner was given.</summary>
    public Practice? Find(string secret) => LearnerSecret.IsOne(secret)
        ? Select(
            "FROM practice_link l JOIN practice p ON p.id = l.practice WHERE l.hash = $0",
            LearnerSecret.HashOf(secret)).FirstOrDefault()
        : null;

    /// <summary>Finds a practice by what leads to its evidence.</summary>
    public Practice? FindByEvidence(string secret) => LearnerSecret.IsOne(secret)
        ? Select("FROM practice p WHERE p.evidence_hash = $0", LearnerSecret.HashOf(secret)).FirstOrDefault() : null;

    /// <summary>Lists what a device practises, the newest first.</summary>
    public IReadOnlyList<Practice> ListOfDevice(string device, int count) => LearnerSecret.IsOne(device)
        ? Select(
            "FROM practice p WHERE p.device = $0 ORDER BY p.created_at DESC, p.id LIMIT $1",
            LearnerSecret.HashOf(device), count)
        : [];

    /// <summary>Lists those of some states: what is undecided the oldest first, all others the newest.</summary>
    /// <param name="states">One or more of <see cref="PracticeState"/>.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<Practice> List(IReadOnlyCollection<string> states, int count)
    {
        string order = states.All(PracticeState.Undecided.Contains) ? "p.used_at, p.id" : "p.used_at DESC, p.id";
        string places = string.Join(", ", states.Select((_, i) => $"${i.ToString(CultureInfo.InvariantCulture)}"));
        string limit = states.Count.ToString(CultureInfo.InvariantCulture);
        return Select(
            $"FROM practice p WHERE p.state IN ({places}) ORDER BY {order} LIMIT ${limit}", [.. states, count]);
    }

    /// <summary>Counts what is to be decided.</summary>
    public int CountUndecided()
    {
        using var reader = store.Database.Read();
        return Convert.ToInt32(
            reader.Prepare("SELECT count(*) FROM practice WHERE state IN ($0, $1)", 2)
                .With([.. PracticeState.Undecided]).ExecuteScalar(),
            CultureInfo.InvariantCulture);
    }

    /// <summary>The credentials that mails went to an address about, the newest first.</summary>
    public IReadOnlyList<Guid> ListMailedTo(string address, int count)
    {
        ArgumentNullException.ThrowIfNull(address);
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT DISTINCT d.credential FROM delivery d JOIN credential c ON c.id = d.credential
              WHERE d.address = $0 AND d.state = 'sent' LIMIT $1
            """, 2).With(address, count).ExecuteReader();
        var found = new List<Guid>();
        while (rows.Read()) found.Add(new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true));
        return found;
    }

    /// <summary>Notes that the link in a mail was followed: the address is the learner's.</summary>
    /// <param name="id">The practice.</param>
    /// <param name="device">The device it was followed on.</param>
    /// <param name="now">When.</param>
    public Task ConfirmAsync(Guid id, string device, DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            """
            UPDATE practice SET confirmed_at = COALESCE(confirmed_at, $1), device = $2 WHERE id = $0
            """, 3);
        update.With(
            id.ToByteArray(bigEndian: true), now.ToUnixTimeMilliseconds(), LearnerSecret.HashOf(device))
            .ExecuteNonQuery();
    });

    /// <summary>Has it be asked for, with what shows that it was earned.</summary>
    /// <param name="id">The practice.</param>
    /// <param name="evidence">What was done, as JSON.</param>
    /// <param name="secret">What leads to it.</param>
    /// <param name="until">When the last statement was stored that shows it.</param>
    /// <param name="now">When.</param>
    /// <returns>Whether the learner still practised, and nothing was said since the last statement.</returns>
    public Task<bool> AskAsync(
        Guid id, string evidence, string secret, DateTimeOffset until, DateTimeOffset now) => MoveIfAsync(
        id, PracticeState.Open, $"state = '{PracticeState.Asked}', evidence = $2, evidence_hash = $3, used_at = $4",
        """
        AND NOT EXISTS (SELECT 1 FROM xapi_statement s WHERE s.practice = $0 AND s.voided = 0 AND s.stored_at > $5)
        """,
        evidence, LearnerSecret.HashOf(secret), now.ToUnixTimeMilliseconds(), XapiStatements.MicrosecondsOf(until));

    /// <summary>Has it be issued from now on: nobody else does, or declines it, meanwhile.</summary>
    /// <returns>Whether it waited.</returns>
    public Task<bool> BeginAsync(Guid id, string by, DateTimeOffset now) => MoveAsync(
        id, PracticeState.Asked,
        $"state = '{PracticeState.Issuing}', request = NULL, decided_by = $2, decided_at = $3",
        by, now.ToUnixTimeMilliseconds());

    /// <summary>Has it wait again: nothing was issued.</summary>
    public Task<bool> WaitAgainAsync(Guid id) => MoveAsync(
        id, PracticeState.Issuing,
        $"state = '{PracticeState.Asked}', request = NULL, decided_by = NULL, decided_at = NULL");

    /// <summary>Notes which request waits for another person's approval.</summary>
    public Task<bool> SetRequestAsync(Guid id, string request) =>
        MoveAsync(id, PracticeState.Issuing, "request = $2", request);

    /// <summary>Notes that the credential is on the ledger.</summary>
    public Task<bool> SetIssuedAsync(Guid id, Guid credential, DateTimeOffset now) => MoveAsync(
        id, PracticeState.Issuing,
        $"state = '{PracticeState.Issued}', request = NULL, credential = $2, decided_at = $3, used_at = $3",
        credential.ToByteArray(bigEndian: true), now.ToUnixTimeMilliseconds());

    /// <summary>Declines it, and has its learner be told by mail.</summary>
    /// <returns>Whether it waited.</returns>
    public Task<bool> DeclineAsync(Guid id, string reason, string by, DateTimeOffset now, bool mails) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"""
                UPDATE practice SET state = '{PracticeState.Declined}', reason = $2, decided_by = $3, decided_at = $4,
                    used_at = $4
                  WHERE id = $0 AND state = $1 RETURNING address, language
                """, 5);
            update.With(
                id.ToByteArray(bigEndian: true), PracticeState.Asked, reason, by, now.ToUnixTimeMilliseconds());
            MailTo? to;
            using (var rows = update.ExecuteReader())
            {
                if (!rows.Read()) return false;
                to = MailToOf(rows, 0);
            }

            if (mails && to is not null)
                DeliveryRows.Add(connection, id, issuance: 0, DeliveryKind.PracticeDeclined, to, now);
            return true;
        });

    /// <summary>Forgets a practice whose learner does not agree any more, with all that was said of it.</summary>
    /// <returns>Whether there was one, and nothing of it is being issued just now.</returns>
    public async Task<bool> ForgetAsync(Guid id)
    {
        bool isGone = await store.Database.WriteAsync(connection => PracticeRows.Forget(
            connection, $"id = $0 AND state <> '{PracticeState.Issuing}'", id.ToByteArray(bigEndian: true)) > 0);
        if (isGone) store.NoteDeletion();
        return isGone;
    }

    /// <summary>Forgets what nobody used for long; not what a credential rests on.</summary>
    /// <param name="usedBefore">What is open or asked for and was not used since goes.</param>
    /// <param name="declinedBefore">What was declined before then goes.</param>
    /// <param name="noted">Notes how many went, in the same transaction; not called if none did.</param>
    public async Task SweepAsync(
        DateTimeOffset usedBefore, DateTimeOffset declinedBefore, Action<DbConnection, int>? noted = null)
    {
        int gone = await store.Database.WriteAsync(connection =>
        {
            int old = PracticeRows.Forget(
                connection,
                "(state IN ('open', 'asked') AND used_at < $0) OR (state = 'declined' AND used_at < $1)",
                usedBefore.ToUnixTimeMilliseconds(), declinedBefore.ToUnixTimeMilliseconds());
            if (old > 0) noted?.Invoke(connection, old);
            return old;
        });
        if (gone > 0) store.NoteDeletion();
    }

    private static byte[]? FindOpen(DbConnection connection, Practice wanted)
    {
        using var select = connection.Prepare(
            """
            SELECT id FROM practice WHERE address = $0 AND rule = $1 AND learner = $2 AND state = 'open'
              ORDER BY created_at DESC LIMIT 1
            """, 3);
        return select.With(wanted.MailTo!.Address, wanted.Rule, wanted.Learner).ExecuteScalar() as byte[];
    }

    // Whoever enters somebody else's address, in whichever letters, has not many mails sent there.
    private static bool IsTooMuch(DbConnection connection, Practice wanted, long now)
    {
        using var count = connection.Prepare(
            """
            SELECT count(*) FROM practice p JOIN delivery d ON d.credential = p.id
              WHERE lower(p.address) = lower($0) AND d.kind = $1 AND d.created_at > $2
            """, 3);
        return (long)count.With(
            wanted.MailTo?.Address, DeliveryKind.Practice, now - (long)TimeSpan.FromDays(1).TotalMilliseconds)
            .ExecuteScalar()! >= MaxADay;
    }

    // Whoever has many addresses fills neither the store nor the queue of mails.
    private static bool HasNoRoom(DbConnection connection, long now)
    {
        using var count = connection.Prepare(
            "SELECT count(*) FROM practice WHERE state = $0 AND used_at > $1 AND confirmed_at IS NULL", 2);
        return (long)count.With(PracticeState.Open, now - (long)TimeSpan.FromDays(1).TotalMilliseconds)
            .ExecuteScalar()! >= MaxUnconfirmed;
    }

    private static bool HasMailSince(DbConnection connection, byte[] id, long since)
    {
        using var select = connection.Prepare(
            "SELECT count(*), COALESCE(MAX(created_at), 0) FROM delivery WHERE credential = $0", 1);
        using var rows = select.With(id).ExecuteReader();
        return rows.Read() && (rows.GetInt64(0) >= MailDeliveries.MaxOfOne || rows.GetInt64(1) > since);
    }

    private Task<bool> MoveAsync(Guid id, string from, string set, params object?[] more) =>
        MoveIfAsync(id, from, set, "", more);

    private Task<bool> MoveIfAsync(
        Guid id, string from, string set, string condition, params object?[] more) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"UPDATE practice SET {set} WHERE id = $0 AND state = $1 {condition}", 2 + more.Length);
            return update.With([id.ToByteArray(bigEndian: true), from, .. more]).ExecuteNonQuery() > 0;
        });

    private List<Practice> Select(string rest, params object?[] values)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} {rest}", values.Length).With(values).ExecuteReader();
        var found = new List<Practice>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    private static MailTo? MailToOf(DbDataReader rows, int column) => rows.IsDBNull(column)
        ? null : new MailTo(rows.GetString(column), rows.IsDBNull(column + 1) ? null : rows.GetString(column + 1));

    private static Practice Map(DbDataReader rows) => new()
    {
        Id = new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true),
        Rule = rows.GetString(1),
        Learner = rows.GetString(2),
        MailTo = MailToOf(rows, 3),
        ConfirmedAt = rows.MomentAt(5),
        State = rows.GetString(6),
        CreatedAt = rows.MomentAt(7)!.Value,
        UsedAt = rows.MomentAt(8)!.Value,
        Evidence = rows.IsDBNull(9) ? null : rows.GetString(9),
        Request = rows.IsDBNull(10) ? null : rows.GetString(10),
        Credential = rows.IsDBNull(11) ? null : new Guid(rows.GetFieldValue<byte[]>(11), bigEndian: true),
        DecidedBy = rows.IsDBNull(12) ? null : rows.GetString(12),
        DecidedAt = rows.MomentAt(13),
        Reason = rows.IsDBNull(14) ? null : rows.GetString(14),
    };
}
