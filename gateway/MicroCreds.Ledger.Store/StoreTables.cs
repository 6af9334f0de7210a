using System.Data.Common;
using System.Globalization;
using MicroCreds.Ledger.Store.Postgres;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>The store's tables in the form that both engines share, row by row in a fixed order.</summary>
internal static class StoreTables
{
    /// <summary>What each issuance awarded, packed as <see cref="AwardEntries"/> has it.</summary>
    public const string Awarded = "awarded";

    /// <summary>The number that an issuance had last, so that none is given twice.</summary>
    public const string LastNumber = "last_number";

    /// <summary>Tables, their columns, and what they are put in order by.</summary>
    public static readonly StoreTable[] All =
    [
        new("setting", ["name", "value"], "name"),
        new("api_key", ["id", "hash", "name", "roles", "created_at", "revoked_at"], "id"),
        new("status_list", ["number", "used"], "number"),
        new("issuance",
            ["number", "id", "kind", "fingerprint", "body_hash", "state", "request", "size", "created_at", "root",
                "statement", "transaction_id", "issued_at", "refusal", "unclaimed", "attempt", "waits", "named"],
            "number"),
        new("template", ["number", "hash", "shared"], "number"),
        new("credential", ["id", "issuance", "leaf", "row", "document", "template", "signature"], "issuance, row, id"),
        new("name_word", ["word"], "word"),
        new("name_slip", ["slip", "word"], "slip, word"),
        new("name_entry", ["word", "entry"], "word, entry"),
        new("tree_piece", ["issuance", "piece", "hashes"], "issuance, piece"),
        new("sign_in_link", ["hash", "key_id", "expires_at"], "hash"),
        new("sign_in_session", ["hash", "kind", "subject", "name", "facts", "began_at", "seen_at"], "hash"),
        new("protection_key", ["name", "xml"], "name"),
        new("audit_head", ["id", "number", "hash", "pruned_number", "pruned_hash"], "id"),
        new("audit_entry", ["number", "at", "actor", "action", "subject", "entry", "hash"], "number"),
        new("record_actor", ["record", "actor"], "record"),
        new("webhook",
            ["id", "url", "types", "description", "created_at", "secret", "old_secret", "old_secret_until", "state",
                "cause", "changed_at", "failing_since", "fault", "paused_until", "ledger", "block", "position"],
            "id"),
        new("webhook_delivery",
            ["webhook", "message", "type", "credential", "payload", "created_at", "state", "attempts", "due_at",
                "tried_at", "status", "fault"],
            "webhook, message"),
        new("left_out", ["issuance", "rows"], "issuance"),
        new("uploaded_table", ["id", "name", "content", "created_at", "batch", "mended"], "id"),
        new("saved_view", ["id", "owner", "name", "query", "created_at"], "id"),
        new("issuing_request",
            ["id", "kind", "state", "size", "rows", "fingerprint", "body_hash", "parts", "corrects", "file",
                "file_hash", "file_lines", "asked_by", "asked_at", "due", "due_at", "decided_by", "decided_at",
                "reason", "issuance", "outcome"],
            "id"),
        new("status_batch", ["id", "state", "wanted", "reason", "actor", "created_at", "ended_at"], "id"),
        new("status_batch_item", ["batch", "position", "root", "leaf", "state", "outcome"], "batch, position"),
        new("issuance_source",
            ["issuance", "file", "file_hash", "file_lines", "request", "corrects"], "issuance"),
        new("draft",
            ["id", "kind", "content", "revision", "changed_by", "changed_at", "image", "alternative"], "id"),
        new("badge_image", ["digest", "media_type", "content"], "digest"),
        new("delivery",
            ["credential", "number", "issuance", "kind", "address", "language", "state", "attempts", "created_at",
                "due_at", "sent_at", "fault"],
            "credential, number"),
        new("claim", ["hash", "credential", "created_at", "expires_at", "devices", "renewed_at"], "hash"),
        new("holding", ["device", "credential", "id", "created_at"], "device, credential"),
        new("share",
            ["hash", "id", "credential", "holding", "shown", "label", "created_at", "ends_at", "opened"], "hash"),
        new("application",
            ["id", "hash", "device", "pathway", "version", "learner", "address", "language", "state", "created_at",
                "request", "credential", "decided_by", "decided_at", "reason", "credentials"],
            "id"),
        new("application_part", ["part", "application"], "part, application"),
        new("transcript",
            ["hash", "id", "device", "shows_name", "label", "created_at", "ends_at", "opened"], "hash"),
        new("transcript_part", ["transcript", "credential"], "transcript, credential"),
        new("log_evidence", ["key", "kind", "id", "found_at", "file"], "key, kind"),
        new("renewed_trust", ["agreement", "version", "size", "trust"], "agreement"),
        new("milestone", ["pathway", "version", "step", "step_version", "automatic"], "pathway, version, step"),
        new("simulator",
            ["id", "name", "activities", "launch", "trial", "hash", "created_at", "withdrawn_at"], "id"),
        new("practice_rule", ["id", "content", "created_at", "ended_at"], "id"),
        new("practice",
            ["id", "rule", "learner", "address", "language", "device", "confirmed_at", "state", "created_at", "used_at",
                "evidence", "evidence_hash", "request", "credential", "decided_by", "decided_at", "reason"],
            "id"),
        new("practice_link", ["hash", "practice", "created_at"], "hash"),
        new("practice_session",
            ["id", "practice", "simulator", "activity", "fetch_hash", "token_hash", "created_at", "fetched_at",
                "ended_at"],
            "id"),
        new("xapi_statement",
            ["simulator", "id", "practice", "session", "stored_at", "digest", "voided", "content"], "simulator, id"),
        new("xapi_term", ["term", "simulator", "id"], "term, id"),
        new("xapi_attachment", ["simulator", "id", "sha2", "media_type", "content"], "simulator, id, sha2"),
        new("xapi_document",
            ["scope", "name", "simulator", "practice", "media_type", "updated_at", "content"], "scope, name"),
        new("wallet_offer",
            ["hash", "code", "id", "credential", "request", "forms", "transaction_code", "attempts", "created_at",
                "expires_at", "used_at"],
            "hash"),
        new("wallet_authorization",
            ["hash", "code", "client", "redirect", "state", "challenge", "forms", "has_details",
                "key_thumbprint", "credentials", "created_at", "expires_at", "used_at", "attested"],
            "hash"),
        new("wallet_grant",
            ["id", "source", "client", "request", "forms", "key_thumbprint", "access", "access_ends", "refresh",
                "refresh_ends", "created_at", "attested", "has_details"],
            "id"),
        new("wallet_grant_part", ["grant_id", "credential"], "grant_id, credential"),
        new("wallet_deferral", ["hash", "grant_id", "form", "keys", "created_at", "fetched_at", "credential"], "hash"),
        new("wallet_copy",
            ["notice", "grant_id", "credential", "form", "copies", "fetched_at", "event", "told_at"], "notice"),
        new("wallet_used", ["hash", "ends_at"], "hash"),
        new("presentation",
            ["id", "owner", "hash", "same_hash", "client", "query", "mode", "redirect", "created_at",
                "expires_at", "answered_at", "refusal", "answer", "audience", "nonce", "response_code", "anonymous"],
            "id"),
        new("answered", ["month", "what", "times"], "month, what"),
        new("shared_fact", ["key", "month", "kind", "subject", "value", "counted"], "key"),
        new("badge", ["achievement", "version", "image", "alternative"], "achievement, version"),
        new(Awarded, ["issuance", "entries"], "issuance"),
    ];

    /// <summary>Reads a table's rows; bytes, texts, whole numbers and nothing.</summary>
    public static IEnumerable<object?[]> Read(DbConnection connection, StoreTable table)
    {
        if (table.Name == Awarded && connection is NpgsqlConnection)
        {
            foreach (object?[] row in ReadAwards(connection)) yield return row;
            yield break;
        }

        string condition = table.Name == Awarded ? "WHERE length(entries) > 0" : "";
        using var select = connection.Prepare(
            $"SELECT {string.Join(", ", table.Columns)} FROM {table.Name} {condition} ORDER BY {table.Order}", 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            object?[] row = new object?[table.Columns.Count];
            for (int i = 0; i < row.Length; i++)
            {
                object value = rows.GetValue(i);
                row[i] = value is DBNull ? null
                    : value is int or long or short ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : value;
            }

            yield return row;
        }
    }

    /// <summary>Reads the number that an issuance had last, be it deleted since.</summary>
    public static long ReadLastNumber(DbConnection connection)
    {
        // The sequence's own word, which also knows of numbers whose issuances are gone.
        using var select = connection.Prepare(
            connection is NpgsqlConnection
                ? "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('issuance', 'number')::regclass), 0)"
                : "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'issuance'), 0)", 0);
        return (long)select.ExecuteScalar()!;
    }

    /// <summary>Says which number an issuance had last.</summary>
    public static void WriteLastNumber(DbConnection connection, long number)
    {
        if (number == 0) return;

        if (connection is NpgsqlConnection)
        {
            using var set = connection.Prepare(
                "SELECT setval(pg_get_serial_sequence('issuance', 'number')::regclass, $0)", 1);
            set.With(number).ExecuteNonQuery();
            return;
        }

        using var update = connection.Prepare("UPDATE sqlite_sequence SET seq = $0 WHERE name = 'issuance'", 1);
        if (update.With(number).ExecuteNonQuery() > 0) return;
        using var insert = connection.Prepare("INSERT INTO sqlite_sequence VALUES ('issuance', $0)", 1);
        insert.With(number).ExecuteNonQuery();
    }

    private static IEnumerable<object?[]> ReadAwards(DbConnection connection)
    {
        long? issuance = null;
        var entries = new AwardEntries();
        foreach (var (number, row, keys) in PostgresAwardIndex.ReadAll(connection))
        {
            if (issuance is { } before && before != number)
            {
                yield return [before, entries.ToArray()];
                entries = new AwardEntries();
            }

            issuance = number;
            entries.Add(row, keys);
        }

        if (issuance is { } last) yield return [last, entries.ToArray()];
    }
}

/// <summary>A table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Order">The columns that its rows are put in order by.</param>
internal sealed record StoreTable(string Name, IReadOnlyList<string> Columns, string Order);
