using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>The queue of mails to learners. Thread-safe.</summary>
public sealed class MailDeliveries(GatewayStore store)
{
    /// <summary>The most mails about one credential.</summary>
    public const int MaxOfOne = 100;

    private const string Columns =
        """
        d.credential, d.number, d.kind, d.address, d.language, d.state, d.attempts, d.created_at, d.due_at, d.sent_at,
        d.fault
        """;

    /// <summary>Has a mail about a credential be sent, if its document is kept here and on the ledger.</summary>
    /// <returns>The mail's number; null if there is no such document, or there were too many mails.</returns>
    public Task<int?> AddAsync(Guid credential, string kind, MailTo to, DateTimeOffset now) =>
        store.Database.WriteAsync(connection => Add(connection, credential, kind, to, now));

    /// <summary>
    /// Has a mail be sent to where the mails about a credential went before, if they did, and if what is written in
    /// the same transaction says that it is to be. Default is that it is.
    /// </summary>
    /// <inheritdoc cref="AddAsync"/>
    public Task<int?> AddToSameAsync(
        Guid credential, string kind, DateTimeOffset now, Func<DbConnection, bool>? isTold = null) =>
        store.Database.WriteAsync(connection =>
            isTold is null || isTold(connection) ? AddToSame(connection, credential, kind, now) : null);

    /// <summary>Lists the mails about a credential, the newest first.</summary>
    public IReadOnlyList<MailDelivery> List(Guid credential)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM delivery d WHERE credential = $0 ORDER BY number DESC", 1)
            .With(credential.ToByteArray(bigEndian: true)).ExecuteReader();
        return ReadAll(rows);
    }

    /// <summary>Finds one mail.</summary>
    public MailDelivery? Find(Guid credential, int number) =>
        List(credential).FirstOrDefault(one => one.Number == number);

    /// <summary>
    /// Lists what is due, the oldest first; links to practice, which anybody may ask for, come behind all else.
    /// </summary>
    public IReadOnlyList<MailDelivery> ListDue(DateTimeOffset now, int count)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"""
            SELECT {Columns} FROM delivery d WHERE state = 'waiting' AND due_at <= $0
              ORDER BY CASE WHEN kind = '{DeliveryKind.Practice}' THEN 1 ELSE 0 END, due_at LIMIT $1
            """, 2).With(now.ToUnixTimeMilliseconds(), count).ExecuteReader();
        return ReadAll(rows);
    }

    /// <summary>Lists mails of a state, by the credentials that they are about.</summary>
    /// <param name="state">One of <see cref="MailState"/>.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<MailDelivery> ListOf(string state, int count)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT {Columns} FROM delivery d WHERE state = $0 ORDER BY credential DESC, number DESC LIMIT $1", 2)
            .With(state, count).ExecuteReader();
        return ReadAll(rows);
    }

    /// <summary>Counts the mails of an issuance by their state.</summary>
    public IReadOnlyDictionary<string, long> Count(long issuance)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT d.state, count(*) FROM credential c JOIN delivery d ON d.credential = c.id
              WHERE c.issuance = $0 GROUP BY d.state
            """, 1).With(issuance).ExecuteReader();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (rows.Read()) counts[rows.GetString(0)] = rows.GetInt64(1);
        return counts;
    }

    /// <summary>Notes what became of an attempt, unless the mail is gone.</summary>
    /// <param name="mail">The mail as it was tried.</param>
    /// <param name="now">When.</param>
    /// <param name="fault">Why it was not taken; none if it was.</param>
    /// <param name="again">When it is tried again; none if it is not.</param>
    public Task NoteAsync(MailDelivery mail, DateTimeOffset now, string? fault = null, DateTimeOffset? again = null)
    {
        ArgumentNullException.ThrowIfNull(mail);
        string state = fault is null ? MailState.Sent : again is null ? MailState.Failed : MailState.Waiting;
        return store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE delivery SET state = $2, attempts = attempts + 1, due_at = $3, sent_at = $4, fault = $5
                  WHERE credential = $0 AND number = $1
                """, 6);
            update.With(
                mail.Credential.ToByteArray(bigEndian: true), mail.Number, state,
                (again ?? now).ToUnixTimeMilliseconds(), fault is null ? now.ToUnixTimeMilliseconds() : null, fault)
                .ExecuteNonQuery();
        });
    }

    /// <summary>Notes that a mail came back.</summary>
    /// <returns>Whether there is such a mail, which was sent.</returns>
    public Task<bool> NoteBounceAsync(Guid credential, int number, string fault) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE delivery SET state = 'bounced', fault = $2
                  WHERE credential = $0 AND number = $1 AND state IN ('sent', 'bounced')
                """, 3);
            return update.With(credential.ToByteArray(bigEndian: true), number, fault).ExecuteNonQuery() > 0;
        });

    internal static int? AddToSame(DbConnection connection, Guid credential, string kind, DateTimeOffset now)
    {
        using var select = connection.Prepare(
            """
            SELECT address, language FROM delivery WHERE credential = $0 AND state <> 'bounced'
              ORDER BY number DESC LIMIT 1
            """, 1);
        MailTo to;
        using (var rows = select.With(credential.ToByteArray(bigEndian: true)).ExecuteReader())
        {
            if (!rows.Read()) return null;
            to = new MailTo(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1));
        }

        return Add(connection, credential, kind, to, now);
    }

    private static int? Add(DbConnection connection, Guid credential, string kind, MailTo to, DateTimeOffset now)
    {
        using var select = connection.Prepare(
            """
            SELECT i.number, (SELECT count(*) FROM delivery d WHERE d.credential = c.id)
              FROM credential c JOIN issuance i ON i.number = c.issuance WHERE c.id = $0 AND i.state = 'issued'
            """, 1);
        long issuance;
        using (var rows = select.With(credential.ToByteArray(bigEndian: true)).ExecuteReader())
        {
            if (!rows.Read() || rows.GetInt64(1) >= MaxOfOne) return null;
            issuance = rows.GetInt64(0);
        }

        return DeliveryRows.Add(connection, credential, issuance, kind, to, now);
    }

    private static List<MailDelivery> ReadAll(DbDataReader rows)
    {
        var found = new List<MailDelivery>();
        while (rows.Read())
        {
            found.Add(new MailDelivery
            {
                Credential = new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true),
                Number = rows.GetInt32(1),
                Kind = rows.GetString(2),
                To = new MailTo(rows.GetString(3), rows.IsDBNull(4) ? null : rows.GetString(4)),
                State = rows.GetString(5),
                Attempts = rows.GetInt32(6),
                CreatedAt = rows.MomentAt(7)!.Value,
                DueAt = rows.MomentAt(8)!.Value,
                SentAt = rows.MomentAt(9),
                Fault = rows.IsDBNull(10) ? null : rows.GetString(10),
            });
        }

        return found;
    }
}
