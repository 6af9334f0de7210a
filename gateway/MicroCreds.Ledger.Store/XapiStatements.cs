using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What simulators say (xAPI). What is kept is never changed; it may be voided, and it goes with the practice that it
/// belongs to. Thread-safe.
/// </summary>
public sealed class XapiStatements(GatewayStore store)
{
    /// <summary>The most statements of one practice.</summary>
    public const int MaxOfPractice = 4000;

    /// <summary>The most statements of a simulator that is only tried.</summary>
    public const int MaxOfTrial = 20000;

    private const int TermBytes = 16;

    // What a statement speaks of is its own; by what it is found, those are found, too, that speak of it.
    private const byte OwnMark = 0;
    private const byte InheritedMark = 1;
    private const string VoidKind = "void";
    private const string VoidingKind = "voiding";
    private const string TargetKind = "target";

    /// <summary>What statements are found by: a hash, so that the index names nobody.</summary>
    public static byte[] TermOf(string simulator, string kind, string value)
    {
        byte[] term = SHA256.HashData(Encoding.UTF8.GetBytes($"{simulator}\n{kind}\n{value}"))[..TermBytes];
        term[0] = kind is VoidKind or VoidingKind or TargetKind ? OwnMark : InheritedMark;
        return term;
    }

    /// <summary>Keeps statements, all or none.</summary>
    /// <param name="simulator">Whose they are.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="now">The moment.</param>
    public Task<KeepResult> AddAsync(
        string simulator, IReadOnlyList<NewStatement> statements, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(statements);
        return store.Database.WriteAsync(connection =>
        {
            var fresh = new List<NewStatement>();
            foreach (var one in statements)
            {
                byte[]? kept = DigestOf(connection, simulator, one.Id);
                if (kept is null)
                    fresh.Add(one);
                else if (!kept.AsSpan().SequenceEqual(one.Digest))
                    return KeepResult.Conflict;
            }

            if (fresh.Count == 0) return KeepResult.Kept;
            if (!fresh.TrueForAll(one => IsOpen(connection, one))) return KeepResult.Over;
            if (CountLike(connection, simulator, fresh[0]) + fresh.Count
                > (fresh[0].Practice is null ? MaxOfTrial : MaxOfPractice))
                return KeepResult.TooMany;
            if (!fresh.TrueForAll(one => !one.IsVoiding || IsVoidable(connection, simulator, one, fresh)))
                return KeepResult.NotVoidable;
            var at = NextMoment(connection, simulator, now);
            foreach (var one in fresh)
            {
                Insert(connection, simulator, one, at);
                at = at.AddMicroseconds(1);
            }

            return KeepResult.Kept;
        });
    }

    /// <summary>Finds a statement, by whether it was voided.</summary>
    public KeptStatement? Find(string simulator, Guid? practice, Guid id, bool isVoided)
    {
        string condition = practice is null ? "" : " AND practice = $3";
        object?[] values = [simulator, id.ToByteArray(bigEndian: true), isVoided ? 1 : 0];
        return Select(
            $"simulator = $0 AND id = $1 AND voided = $2{condition}",
            practice is { } of ? [.. values, of.ToByteArray(bigEndian: true)] : values).FirstOrDefault();
    }

    /// <summary>Lists what a query finds.</summary>
    public IReadOnlyList<KeptStatement> List(StatementQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var values = new List<object?> { query.Simulator };
        var condition = new StringBuilder("simulator = $0 AND voided = 0");
        void And(string what, object? value)
        {
            condition.Append(" AND ").Append(what).Append(CultureInfo.InvariantCulture, $"${values.Count}");
            values.Add(value);
        }

        if (query.Practice is { } practice) And("practice = ", practice.ToByteArray(bigEndian: true));
        if (query.Since is { } since) And("stored_at > ", MicrosecondsOf(since));
        if (query.Until is { } until) And("stored_at <= ", MicrosecondsOf(until));
        if (query.After is { } after) And(query.IsAscending ? "stored_at > " : "stored_at < ", MicrosecondsOf(after));
        foreach (byte[] term in query.Terms)
        {
            And("EXISTS (SELECT 1 FROM xapi_term t WHERE t.id = s.id AND t.term = ", term);
            condition.Append(')');
        }

        string order = query.IsAscending ? "stored_at, id" : "stored_at DESC, id DESC";
        condition.Append(CultureInfo.InvariantCulture, $" ORDER BY {order} LIMIT ${values.Count}");
        return Select(condition.ToString(), [.. values, query.Count]);
    }

    /// <summary>Lists all that counts of a practice, the oldest first.</summary>
    public IReadOnlyList<KeptStatement> ListOfPractice(Guid practice) => Select(
        "practice = $0 AND voided = 0 ORDER BY stored_at, id", practice.ToByteArray(bigEndian: true));

    /// <summary>Lists all of a practice, also what was voided, the oldest first.</summary>
    public IReadOnlyList<KeptStatement> ListAllOfPractice(Guid practice) => Select(
        "practice = $0 ORDER BY stored_at, id", practice.ToByteArray(bigEndian: true));

    /// <summary>Lists what is attached to a statement.</summary>
    public IReadOnlyList<StatementAttachment> ListAttachments(string simulator, Guid id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT sha2, media_type, content FROM xapi_attachment WHERE simulator = $0 AND id = $1 ORDER BY sha2", 2)
            .With(simulator, id.ToByteArray(bigEndian: true)).ExecuteReader();
        var found = new List<StatementAttachment>();
        while (rows.Read())
            found.Add(new StatementAttachment(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
        return found;
    }

    /// <summary>Forgets what was said by simulators that are only tried.</summary>
    /// <param name="before">What was stored before then goes.</param>
    public async Task SweepTrialsAsync(DateTimeOffset before)
    {
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var documents = connection.Prepare(
                "DELETE FROM xapi_document WHERE practice IS NULL AND updated_at < $0", 1);
            return documents.With(before.ToUnixTimeMilliseconds()).ExecuteNonQuery()
                + PracticeRows.ForgetStatements(
                    connection, "practice IS NULL AND stored_at < $0", MicrosecondsOf(before));
        });
        if (gone > 0) store.NoteDeletion();
    }

    private static void Insert(DbConnection connection, string simulator, NewStatement one, DateTimeOffset at)
    {
        byte[] id = one.Id.ToByteArray(bigEndian: true);

        // What voids it may have come first.
        byte[] voids = TermOf(simulator, VoidKind, one.Id.ToString());
        bool isVoided = !one.IsVoiding && IdsOf(connection, voids).Count > 0;
        using (var insert = connection.Prepare(
            """
            INSERT INTO xapi_statement (simulator, id, practice, session, stored_at, digest, voided, content)
              VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            """, 8))
        {
            insert.With(
                simulator, id, one.Practice?.ToByteArray(bigEndian: true), one.Session?.ToByteArray(bigEndian: true),
                MicrosecondsOf(at), one.Digest, isVoided ? 1 : 0, PackedDocument.Of(one.Write(at)).Bytes)
                .ExecuteNonQuery();
        }

        foreach (var attachment in one.Attachments)
        {
            using var attach = connection.Prepare(
                "INSERT INTO xapi_attachment VALUES ($0, $1, $2, $3, $4) ON CONFLICT (simulator, id, sha2) DO NOTHING",
                5);
            attach.With(simulator, id, attachment.Sha2, attachment.MediaType, attachment.Content).ExecuteNonQuery();
        }

        var terms = new List<byte[]>(one.Terms);
        if (one.Target is { } target)
        {
            // A statement about another is found by all that finds the other.
            terms.AddRange(TermsOf(connection, simulator, target).Where(term => term[0] == InheritedMark));
            AddTerms(connection, simulator, id, [TermOf(simulator, TargetKind, target.ToString())]);
            if (one.IsVoiding) Void(connection, simulator, id, target);
        }

        Spread(connection, simulator, one.Id, terms, depth: 0);
        if (one is { IsEnd: true, Session: { } session }) PracticeSessions.End(connection, session, at);
    }

    private static void Void(DbConnection connection, string simulator, byte[] id, Guid target)
    {
        AddTerms(
            connection, simulator, id,
            [TermOf(simulator, VoidKind, target.ToString()), TermOf(simulator, VoidingKind, "")]);
        using var update = connection.Prepare(
            "UPDATE xapi_statement SET voided = 1 WHERE simulator = $0 AND id = $1", 2);
        update.With(simulator, target.ToByteArray(bigEndian: true)).ExecuteNonQuery();
    }

    /// <summary>Gives a statement its terms, and with it all statements that speak of it.</summary>
    private static void Spread(
        DbConnection connection, string simulator, Guid id, IReadOnlyList<byte[]> terms, int depth)
    {
        const int MaxDepth = 8;
        AddTerms(connection, simulator, id.ToByteArray(bigEndian: true), terms);
        if (depth == MaxDepth) return;
        foreach (byte[] other in IdsOf(connection, TermOf(simulator, TargetKind, id.ToString())))
            Spread(connection, simulator, new Guid(other, bigEndian: true), terms, depth + 1);
    }

    private static void AddTerms(DbConnection connection, string simulator, byte[] id, IEnumerable<byte[]> terms)
    {
        using var insert = connection.Prepare(
            "INSERT INTO xapi_term VALUES ($0, $1, $2) ON CONFLICT (term, id) DO NOTHING", 3);
        foreach (byte[] term in terms) insert.With(term, simulator, id).ExecuteNonQuery();
    }

    private static List<byte[]> TermsOf(DbConnection connection, string simulator, Guid id) => BytesOf(
        connection, "SELECT term FROM xapi_term WHERE simulator = $0 AND id = $1", simulator,
        id.ToByteArray(bigEndian: true));

    private static List<byte[]> IdsOf(DbConnection connection, byte[] term) =>
        BytesOf(connection, "SELECT id FROM xapi_term WHERE term = $0", term);

    private static List<byte[]> BytesOf(DbConnection connection, string sql, params object?[] values)
    {
        using var select = connection.Prepare(sql, values.Length);
        using var rows = select.With(values).ExecuteReader();
        var found = new List<byte[]>();
        while (rows.Read()) found.Add(rows.GetFieldValue<byte[]>(0));
        return found;
    }

    private static byte[]? DigestOf(DbConnection connection, string simulator, Guid id) => BytesOf(
        connection, "SELECT digest FROM xapi_statement WHERE simulator = $0 AND id = $1", simulator,
        id.ToByteArray(bigEndian: true)).FirstOrDefault();

    /// <summary>
    /// Whether what a statement belongs to is still there, by the transaction that keeps it. Once a credential was
    /// asked for, what it rests on stays as it is: nothing is added, and nothing voided.
    /// </summary>
    private static bool IsOpen(DbConnection connection, NewStatement one)
    {
        if (one.Session is not { } session) return true;
        using var select = connection.Prepare(
            $"""
            SELECT 1 FROM practice_session s JOIN practice p ON p.id = s.practice
              WHERE s.id = $0 AND s.ended_at IS NULL AND p.state = '{PracticeState.Open}'
            """, 1);
        return select.With(session.ToByteArray(bigEndian: true)).ExecuteScalar() is not null;
    }

    private static long CountLike(DbConnection connection, string simulator, NewStatement one)
    {
        using var count = connection.Prepare(
            one.Practice is null
                ? "SELECT count(*) FROM xapi_statement WHERE simulator = $0"
                : "SELECT count(*) FROM xapi_statement WHERE practice = $0", 1);
        object of = one.Practice is { } practice ? practice.ToByteArray(bigEndian: true) : simulator;
        return (long)count.With(of).ExecuteScalar()!;
    }

    // Of a learner's practice only what is there, or comes along, of the same practice; nowhere what voids itself.
    private static bool IsVoidable(
        DbConnection connection, string simulator, NewStatement one, List<NewStatement> batch)
    {
        if (batch.Find(other => other.Id == one.Target) is { } beside)
            return !beside.IsVoiding && beside.Practice == one.Practice;
        byte[] target = one.Target!.Value.ToByteArray(bigEndian: true);
        using var voiding = connection.Prepare(
            "SELECT 1 FROM xapi_term WHERE term = $0 AND id = $1", 2);
        if (voiding.With(TermOf(simulator, VoidingKind, ""), target).ExecuteScalar() is not null) return false;
        if (one.Practice is not { } practice) return true;
        using var own = connection.Prepare(
            "SELECT 1 FROM xapi_statement WHERE simulator = $0 AND id = $1 AND practice = $2", 3);
        return own.With(simulator, target, practice.ToByteArray(bigEndian: true)).ExecuteScalar() is not null;
    }

    private static DateTimeOffset NextMoment(DbConnection connection, string simulator, DateTimeOffset now)
    {
        using var select = connection.Prepare(
            "SELECT COALESCE(MAX(stored_at), 0) FROM xapi_statement WHERE simulator = $0", 1);
        long last = (long)select.With(simulator).ExecuteScalar()!;
        return MomentOf(Math.Max(MicrosecondsOf(now), last + 1));
    }

    private List<KeptStatement> Select(string condition, params object?[] values)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"SELECT id, stored_at, session, content FROM xapi_statement s WHERE {condition}", values.Length)
            .With(values).ExecuteReader();
        var found = new List<KeptStatement>();
        while (rows.Read())
        {
            found.Add(new KeptStatement(
                new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true), MomentOf(rows.GetInt64(1)),
                rows.IsDBNull(2) ? null : new Guid(rows.GetFieldValue<byte[]>(2), bigEndian: true),
                new PackedDocument(rows.GetFieldValue<byte[]>(3)).Unpack()));
        }

        return found;
    }

    internal static long MicrosecondsOf(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset MomentOf(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
