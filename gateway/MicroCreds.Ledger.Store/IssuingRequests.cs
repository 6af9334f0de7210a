using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>What waits for somebody else's approval, or for its day. Thread-safe.</summary>
public sealed class IssuingRequests(GatewayStore store)
{
    private const string Columns =
        """
        id, kind, state, size, fingerprint, body_hash, asked_by, asked_at, parts, corrects, file, file_hash,
        file_lines, due, due_at, decided_by, decided_at, reason, issuance, outcome
        """;

    /// <summary>Keeps a request, or finds the one of the same fingerprint that is still to be decided.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rows">Its canonical rows, one a line.</param>
    public Task<IssuingRequest> AddAsync(IssuingRequest request, ReadOnlyMemory<byte> rows) =>
        store.Database.WriteAsync(connection =>
        {
            using var select = connection.Prepare($"SELECT {Columns} FROM issuing_request WHERE fingerprint = $0", 1);
            using (var known = select.With(request.Fingerprint).ExecuteReader())
            {
                if (known.Read()) return Map(known);
            }

            using var insert = connection.Prepare(
                """
                INSERT INTO issuing_request
                  (id, kind, state, size, rows, fingerprint, body_hash, asked_by, asked_at, parts, corrects, file,
                    file_hash, file_lines, due, due_at)
                  VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                """, 16);
            insert.With(
                request.Id, request.Kind, request.State, request.Size, PackedDocument.Of(rows.Span).Bytes,
                request.Fingerprint, request.BodyHash, request.AskedBy, request.AskedAt.ToUnixTimeMilliseconds(),
                request.Parts, request.Corrects, request.Source.File, request.Source.FileHash,
                IssuanceSource.Pack(request.Source.Lines), request.Due, request.DueAt?.ToUnixTimeMilliseconds())
                .ExecuteNonQuery();
            return request;
        });

    /// <summary>Finds a request.</summary>
    public IssuingRequest? Find(string id) => FindOne("id = $0", id);

    /// <summary>Finds the request of a fingerprint that is still to be decided or issued.</summary>
    public IssuingRequest? FindByFingerprint(byte[] fingerprint) => FindOne("fingerprint = $0", fingerprint);

    /// <summary>Its canonical rows, one a line; nothing once it was decided.</summary>
    public byte[]? ReadRows(string id)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT rows FROM issuing_request WHERE id = $0", 1).With(id).ExecuteScalar()
            is byte[] rows ? new PackedDocument(rows).Unpack() : null;
    }

    /// <summary>Lists requests, the newest first.</summary>
    /// <param name="states">Those in one of these states.</param>
    /// <param name="before">The id that all are older than; none begins with the newest.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<IssuingRequest> List(IReadOnlyCollection<string> states, string? before, int count)
    {
        using var reader = store.Database.Read();
        string wanted = string.Join(", ", states.Select((_, i) => $"${i + 2}"));
        var select = reader.Prepare(
            $"""
            SELECT {Columns} FROM issuing_request WHERE id < $0 AND state IN ({wanted}) ORDER BY id DESC LIMIT $1
            """, states.Count + 2);
        object?[] values = [before ?? "g", count, .. states];
        using var rows = select.With(values.AsSpan()).ExecuteReader();
        return ReadAll(rows);
    }

    /// <summary>How many are in a state.</summary>
    public int Count(string state)
    {
        using var reader = store.Database.Read();
        return Convert.ToInt32(
            reader.Prepare("SELECT count(*) FROM issuing_request WHERE state = $0", 1).With(state).ExecuteScalar(),
            System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Lists what is approved and whose day has come, the oldest first.</summary>
    public IReadOnlyList<IssuingRequest> ListDue(DateTimeOffset now)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            $"""
            SELECT {Columns} FROM issuing_request
              WHERE state = 'approved' AND (due_at IS NULL OR due_at <= $0) ORDER BY id LIMIT 1000
            """, 1).With(now.ToUnixTimeMilliseconds()).ExecuteReader();
        return ReadAll(rows);
    }

    /// <summary>Says that somebody approved a request.</summary>
    /// <returns>Whether it waited for that.</returns>
    public Task<bool> ApproveAsync(string id, string by, DateTimeOffset at) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            """
            UPDATE issuing_request SET state = 'approved', decided_by = $1, decided_at = $2
              WHERE id = $0 AND state = 'waiting'
            """, 3);
        return update.With(id, by, at.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
    });

    /// <summary>Says that a request is not issued; its rows go.</summary>
    /// <param name="id">The request.</param>
    /// <param name="state">Turned down, or withdrawn.</param>
    /// <param name="by">Who says so, as JSON.</param>
    /// <param name="at">When.</param>
    /// <param name="reason">Why.</param>
    /// <returns>
    /// Whether it could still be decided: not once an issuance of it is kept, which goes to the ledger whatever breaks.
    /// </returns>
    public async Task<bool> EndAsync(string id, string state, string by, DateTimeOffset at, string? reason)
    {
        string before = state == IssuingRequestState.TurnedDown ? "'waiting'" : "'waiting', 'approved', 'failed'";
        bool isEnded = await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"""
                UPDATE issuing_request
                  SET state = $1, rows = NULL, fingerprint = NULL, parts = NULL, decided_by = $2, decided_at = $3,
                    reason = $4
                  WHERE id = $0 AND state IN ({before})
                    AND NOT EXISTS (SELECT 1 FROM issuance i WHERE i.fingerprint = issuing_request.fingerprint)
                """, 5);
            return update.With(id, state, by, at.ToUnixTimeMilliseconds(), reason).ExecuteNonQuery() > 0;
        });
        if (isEnded) store.NoteDeletion();
        return isEnded;
    }

    /// <summary>Says that a request has become an issuance, which keeps its rows as long as it needs them.</summary>
    public async Task SetIssuedAsync(string id, string? issuance, string? outcome)
    {
        await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE issuing_request
                  SET state = 'issued', rows = NULL, fingerprint = NULL, parts = NULL, issuance = $1, outcome = $2
                  WHERE id = $0 AND state IN ('approved', 'failed')
                """, 3);
            update.With(id, issuance, outcome).ExecuteNonQuery();
        });
        store.NoteDeletion();
    }

    /// <summary>Says why what was approved could not be issued; its rows stay.</summary>
    public Task SetFailedAsync(string id, string outcome) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            "UPDATE issuing_request SET state = 'failed', outcome = $1 WHERE id = $0 AND state = 'approved'", 2);
        update.With(id, outcome).ExecuteNonQuery();
    });

    /// <summary>Has what could not be issued tried again.</summary>
    /// <returns>Whether it had failed.</returns>
    public Task<bool> TryAgainAsync(string id) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            "UPDATE issuing_request SET state = 'approved', outcome = NULL WHERE id = $0 AND state = 'failed'", 1);
        return update.With(id).ExecuteNonQuery() > 0;
    });

    private IssuingRequest? FindOne(string condition, object value)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM issuing_request WHERE {condition}", 1).With(value)
            .ExecuteReader();
        return row.Read() ? Map(row) : null;
    }

    private static List<IssuingRequest> ReadAll(DbDataReader rows)
    {
        var found = new List<IssuingRequest>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    private static IssuingRequest Map(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        State = row.GetString(2),
        Size = row.GetInt32(3),
        Fingerprint = Bytes(row, 4) ?? [],
        BodyHash = Bytes(row, 5)!,
        AskedBy = row.GetString(6),
        AskedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Parts = Text(row, 8),
        Corrects = Text(row, 9),
        Source = new IssuanceSource
        {
            File = Text(row, 10),
            FileHash = Bytes(row, 11),
            Lines = IssuanceSource.Unpack(Bytes(row, 12)),
            Request = row.GetString(0),
        },
        Due = Text(row, 13),
        DueAt = Moment(row, 14),
        DecidedBy = Text(row, 15),
        DecidedAt = Moment(row, 16),
        Reason = Text(row, 17),
        Issuance = Text(row, 18),
        Outcome = Text(row, 19),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static byte[]? Bytes(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    private static DateTimeOffset? Moment(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}

/// <summary>A request was withdrawn before anything was kept that is issued for it: nothing was changed.</summary>
public sealed class RequestEndedException(string request)
    : Exception($"The request {request} is not approved any more.");
