using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Derives again what can be derived from what is kept (leaves and roots, places in status lists, numbers of rows, what
/// was awarded) and tells each thing that does not agree in a sentence. It names no person.
/// </summary>
public sealed class StoreCheck
{
    private readonly DbConnection _connection;
    private readonly List<string> _faults = [];
    private readonly Dictionary<long, CheckedIssuance> _issuances = [];
    private int _documents;

    private StoreCheck(DbConnection connection) => _connection = connection;

    /// <summary>Checks a store of this program's version.</summary>
    public static StoreCheckResult Run(DbConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Schema.RequireCurrent(connection);
        var check = new StoreCheck(connection);
        check.ReadIssuances();
        check.CheckRanges();
        check.CheckDocuments();
        check.CheckAwards();
        check.CheckLeftOut();
        return new StoreCheckResult(check._issuances.Count, check._documents, check._faults);
    }

    private void ReadIssuances()
    {
        using var select = _connection.Prepare(
            """
            SELECT number, state, size, root, statement, request, created_at, kind FROM issuance ORDER BY number
            """, 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            long number = rows.GetInt64(0);
            var issuance = new CheckedIssuance(
                rows.GetString(7), rows.GetString(1), rows.GetInt32(2),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(6)),
                rows.IsDBNull(3) ? null : rows.GetString(3),
                rows.IsDBNull(4) ? null : ReadStatement(number, rows.GetString(4)));
            _issuances[number] = issuance;
            CheckIssuance(number, issuance, rows.IsDBNull(5) ? null : rows.GetFieldValue<byte[]>(5));
        }
    }

    private void CheckIssuance(long number, CheckedIssuance issuance, byte[]? request)
    {
        string[] known =
            [IssuanceState.Accepted, IssuanceState.Ready, IssuanceState.Issued, IssuanceState.Refused];
        if (!known.Contains(issuance.State))
            Add($"Issuance {number} is in the state \"{issuance.State}\", which there is not.");

        // One of no rows, all of which were left out, was never on the ledger.
        if (issuance is { State: IssuanceState.Ready or IssuanceState.Issued, Size: > 0, Statement: null })
            Add($"Issuance {number} is {issuance.State} and has no statement that can be read.");
        if (issuance is { State: IssuanceState.Accepted } && request is null)
            Add($"Issuance {number} is to be built, and its rows are gone.");
        if (issuance.State == IssuanceState.Accepted && request is not null
            && RowsOf(request) != issuance.Size)
            Add($"Issuance {number} is of {issuance.Size} rows, and another number is kept.");
        if (issuance.Statement is not { } statement) return;

        if (statement.Root != issuance.Root)
            Add($"Issuance {number} has the root {issuance.Root}, and its statement says {statement.Root}.");
        if (statement.Size != issuance.Size && !issuance.IsJoint)
            Add($"Issuance {number} is of {issuance.Size} credentials, and its statement says {statement.Size}.");
    }

    private IssuanceStatement? ReadStatement(long number, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SignedStatement<IssuanceStatement>>(json, LedgerJson.Options)?.Statement;
        }
        catch (JsonException)
        {
            Add($"Issuance {number} has a statement that cannot be read.");
            return null;
        }
    }

    /// <summary>
    /// No two issuances have a position in common, unless they were anchored together, and none has one that was never
    /// set aside.
    /// </summary>
    private void CheckRanges()
    {
        var ranges = _issuances.Where(one => one.Value is { Statement: not null, State: not IssuanceState.Refused })
            .DistinctBy(one => one.Value.IsJoint ? one.Value.Root : $"{one.Key}")
            .Select(one => (Number: one.Key, Statement: one.Value.Statement!))
            .GroupBy(one => one.Statement.StatusList, StringComparer.Ordinal);
        foreach (var list in ranges)
        {
            (long number, long end) = (0, 0);
            foreach (var (next, statement) in list.OrderBy(one => one.Statement.StatusOffset))
            {
                if (statement.StatusOffset < end)
                    Add($"Issuances {number} and {next} have positions in common in the status list {list.Key}.");
                long last = (long)statement.StatusOffset + statement.Size;
                if (last > Limits.StatusListSize)
                    Add($"Issuance {next} goes beyond the end of the status list {list.Key}.");
                if (last > end) (number, end) = (next, last);
            }
        }
    }

    private void CheckDocuments()
    {
        using (var lost = _connection.Prepare(
            "SELECT id, issuance FROM credential WHERE issuance NOT IN (SELECT number FROM issuance)", 0))
        {
            using var rows = lost.ExecuteReader();
            while (rows.Read())
            {
                Add($"Credential {DocumentCheck.NameOf(rows.GetFieldValue<byte[]>(0))} is of issuance "
                    + $"{rows.GetInt64(1)}, which there is not.");
            }
        }

        var documents = new DocumentCheck(_connection, Add);
        foreach (var (number, issuance) in _issuances) _documents += documents.Check(number, issuance);
    }

    private void CheckAwards()
    {
        var table = StoreTables.All.Single(one => one.Name == StoreTables.Awarded);
        foreach (object?[] row in StoreTables.Read(_connection, table))
        {
            long number = (long)row[0]!;
            byte[] entries = (byte[])row[1]!;
            if (entries.Length % AwardEntries.EntryBytes != 0)
                Add($"What issuance {number} awarded cannot be read.");
            if (!_issuances.TryGetValue(number, out var issuance))
                Add($"It is noted what issuance {number} awarded, which there is not.");
            else if (AwardEntries.Read(entries).Any(entry => entry.Row < 1 || entry.Row > issuance.Size))
                Add($"Issuance {number} is of {issuance.Size} rows, and it is noted what others awarded.");
        }
    }

    private void CheckLeftOut()
    {
        using var select = _connection.Prepare("SELECT issuance, rows FROM left_out ORDER BY issuance", 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            if (!_issuances.ContainsKey(rows.GetInt64(0)))
                Add($"Rows are noted that issuance {rows.GetInt64(0)} left out, which there is not.");
        }
    }

    private void Add(string fault) => _faults.Add(fault);

    private static int RowsOf(byte[] request)
    {
        try
        {
            return IssuanceRows.UnpackRows(request).AsSpan().Count((byte)'\n');
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

}

/// <summary>An issuance as it is kept, as far as it matters for a check.</summary>
internal sealed record CheckedIssuance(
    string Kind, string State, int Size, DateTimeOffset CreatedAt, string? Root, IssuanceStatement? Statement)
{
    /// <summary>Whether it is a lone credential that was anchored together with those of other requests.</summary>
    public bool IsJoint => Kind == IssuanceKind.Credential && Size == 1 && Statement is { Size: > 1 };
}

/// <summary>What a check found.</summary>
/// <param name="Issuances">How many issuances there are.</param>
/// <param name="Documents">How many documents there are.</param>
/// <param name="Faults">What does not agree, a sentence each.</param>
public sealed record StoreCheckResult(int Issuances, int Documents, IReadOnlyList<string> Faults)
{
    /// <summary>Whether the faults are the file's own, so that nothing in it can be relied on. Default is no.</summary>
    public bool IsFileDamaged { get; init; }
}
