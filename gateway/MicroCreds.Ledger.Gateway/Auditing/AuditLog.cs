using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// Who did what. Entries are only ever added, each with the hash of the one before, in the writer's transactions, so
/// that there is one order. Whoever alters, removes or inserts one in the store breaks the chain; whoever writes all of
/// it anew changes its head, which is why auditors note that elsewhere. Thread-safe.
/// </summary>
public sealed class AuditLog(GatewayStore store, TimeProvider time)
{
    private const int PruneChunk = 10_000;
    private const string Rehearsed = "audit.rehearse";
    private const string Columns = "number, at, actor, action, subject, entry, hash";

    /// <summary>Adds an entry, and returns its number once it is durable.</summary>
    public Task<long> WriteAsync(AuditDraft draft) => store.Database.WriteAsync(
        connection => Append(connection, draft, time.GetUtcNow()));

    /// <summary>Adds an entry and takes it back, to find out whether one could be added: none is there after.</summary>
    public Task RehearseAsync() => store.Database.WriteAsync(connection =>
    {
        const string Savepoint = "audit_rehearsal";
        connection.Run($"SAVEPOINT {Savepoint}");
        Append(connection, new AuditDraft(
            AuditPhase.Done, Caller.Gateway, Rehearsed, Subject: null, From: null), time.GetUtcNow());
        connection.Run($"ROLLBACK TO SAVEPOINT {Savepoint}");
        connection.Run($"RELEASE SAVEPOINT {Savepoint}");
    });

    /// <summary>Adds an entry inside the writer's transaction.</summary>
    internal static long Append(DbConnection connection, AuditDraft draft, DateTimeOffset now)
    {
        // The head's row first: where several instances write, it is the lock that puts them in one order.
        var (number, previous) = Advance(connection);
        var entry = new AuditEntry
        {
            Number = number,
            At = LedgerJson.ToMilliseconds(now),
            Phase = draft.Phase,
            Actor = draft.Actor,
            Action = draft.Action,
            Subject = draft.Subject,
            From = draft.From,
            Attempt = draft.Attempt,
            Status = draft.Status,
            Problem = draft.Problem,
            Previous = previous,
        };
        string canonical = entry.ToCanonicalJson();
        string hash = AuditEntry.HashOf(canonical);
        using var insert = connection.Prepare(
            $"INSERT INTO audit_entry ({Columns}) VALUES ($0, $1, $2, $3, $4, $5, $6)", 7);
        insert.With(
            number, entry.At.ToUnixTimeMilliseconds(), entry.Actor.Id, entry.Action, entry.Subject, canonical, hash)
            .ExecuteNonQuery();
        using var head = connection.Prepare("UPDATE audit_head SET hash = $0 WHERE id = 1", 1);
        head.With(hash).ExecuteNonQuery();
        return number;
    }

    /// <summary>Reads entries, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">The number that they are below.</param>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<StoredAuditEntry> List(AuditFilter filter, long before, int count)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(
            $"""
            SELECT {Columns} FROM audit_entry
              WHERE number < $0 AND at >= $1 AND at < $2
                AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR subject = $5)
              ORDER BY number DESC LIMIT $6
            """, 7);
        using var rows = select.With(
            before, filter.From?.ToUnixTimeMilliseconds() ?? 0, filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue,
            filter.Actor ?? "", filter.Action ?? "", filter.Subject ?? "", count).ExecuteReader();
        var found = new List<StoredAuditEntry>();
        while (rows.Read())
            found.Add(Map(rows));
        return found;
    }

    /// <summary>Reads entries in their order, for a copy of them.</summary>
    /// <param name="after">The number that they are above.</param>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<StoredAuditEntry> ReadOn(long after, int count)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(
            $"SELECT {Columns} FROM audit_entry WHERE number > $0 ORDER BY number LIMIT $1", 2);
        using var rows = select.With(after, count).ExecuteReader();
        var found = new List<StoredAuditEntry>();
        while (rows.Read())
            found.Add(Map(rows));
        return found;
    }

    /// <summary>Reads where the log begins and ends.</summary>
    public AuditHead ReadHead()
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare(
            "SELECT number, hash, pruned_number, pruned_hash FROM audit_head WHERE id = 1", 0).ExecuteReader();
        return row.Read()
            ? new AuditHead(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3))
            : throw new InvalidOperationException("The audit log has lost its head: restore the store.");
    }

    /// <summary>
    /// Drops what is older than it has to be kept, from the front alone: the last hash that went stays, so that what
    /// follows can still be verified, and the log itself says that it was done.
    /// </summary>
    /// <returns>How many entries went.</returns>
    public async Task<long> PruneAsync(TimeSpan retention)
    {
        long cutoff = (time.GetUtcNow() - retention).ToUnixTimeMilliseconds();
        long all = 0;
        while (true)
        {
            long gone = await store.Database.WriteAsync(connection => Prune(connection, cutoff, time.GetUtcNow()));
            if (gone == 0)
                return all;
            all += gone;
        }
    }

    /// <summary>What the log calls a dropping, by the last entry that went.</summary>
    internal static string NameOfDrop(long number, string hash) =>
        $"audit:{number.ToString(CultureInfo.InvariantCulture)}.{hash}";

    private static long Prune(DbConnection connection, long cutoff, DateTimeOffset now)
    {
        // Up to the first that must stay: a clock that was set back must not tear a hole.
        using var find = connection.Prepare(
            "SELECT number, at, hash FROM audit_entry ORDER BY number LIMIT $0", 1);
        long last = 0;
        long count = 0;
        string hash = "";
        using (var rows = find.With(PruneChunk).ExecuteReader())
        {
            while (rows.Read() && rows.GetInt64(1) < cutoff)
                (last, hash, count) = (rows.GetInt64(0), rows.GetString(2), count + 1);
        }

        if (count == 0)
            return 0;
        Append(connection, new AuditDraft(
            AuditPhase.Done, Caller.Gateway, AuditActions.Pruned, NameOfDrop(last, hash), From: null), now);
        using var delete = connection.Prepare("DELETE FROM audit_entry WHERE number <= $0", 1);
        delete.With(last).ExecuteNonQuery();
        using var anchor = connection.Prepare(
            "UPDATE audit_head SET pruned_number = $0, pruned_hash = $1 WHERE id = 1", 2);
        anchor.With(last, hash).ExecuteNonQuery();
        return count;
    }

    private static StoredAuditEntry Map(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.GetString(5), row.GetString(6));

    private static (long Number, string Previous) Advance(DbConnection connection)
    {
        using var advance = connection.Prepare(
            "UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, hash", 0);
        using var row = advance.ExecuteReader();
        return row.Read()
            ? (row.GetInt64(0), row.GetString(1))
            : throw new InvalidOperationException("The audit log has lost its head: restore the store.");
    }
}

/// <summary>Which entries are meant; what is absent does not matter.</summary>
public sealed record AuditFilter(
    string? Actor, string? Action, string? Subject, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>An entry as it is kept: what it is found by, its canonical JSON and the hash of that.</summary>
public sealed record StoredAuditEntry(
    long Number, long At, string Actor, string Action, string? Subject, string Canonical, string Hash)
{
    /// <summary>What it says.</summary>
    /// <exception cref="ProblemException">It cannot be read, since it was altered.</exception>
    public AuditEntry Entry => TryRead() ?? throw new ProblemException(
        ProblemKind.RecordUnreadable,
        $"Entry {Number} of the audit log was altered and cannot be read; GET /v1/audit/verification tells more, and "
        + "the export gives out what is there.");

    /// <summary>Reads what it says; null if it was altered so that it says nothing.</summary>
    public AuditEntry? TryRead()
    {
        try
        {
            return AuditEntry.Parse(Canonical);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>Where the log ends, and up to where it was dropped.</summary>
public sealed record AuditHead(long Number, string Hash, long PrunedNumber, string PrunedHash);
