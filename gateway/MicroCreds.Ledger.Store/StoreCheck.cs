using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
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
            "SELECT number, state, size, root, statement, request, kind FROM issuance ORDER BY number", 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            long number = rows.GetInt64(0);
            var issuance = new CheckedIssuance(
                rows.GetString(1), rows.GetInt32(2), rows.IsDBNull(3) ? null : rows.GetString(3),
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
            && request.AsSpan().Count((byte)'\n') != issuance.Size)
            Add($"Issuance {number} is of {issuance.Size} rows, and another number is kept.");
        if (issuance.Statement is not { } statement) return;

        if (statement.Root != issuance.Root)
            Add($"Issuance {number} has the root {issuance.Root}, and its statement says {statement.Root}.");
        if (statement.Size != issuance.Size)
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

    /// <summary>No two issuances have a position in common, and none has one that was never set aside.</summary>
    private void CheckRanges()
    {
        var ranges = _issuances.Where(one => one.Value is { Statement: not null, State: not IssuanceState.Refused })
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
        using var select = _connection.Prepare(
            "SELECT id, issuance, leaf, row, document FROM credential ORDER BY issuance, row", 0);
        using var rows = select.ExecuteReader();
        var leaves = new HashSet<int>();
        var counted = (Issuance: 0L, Row: 0, Count: 0);
        while (rows.Read())
        {
            _documents++;
            byte[] bytes = rows.GetFieldValue<byte[]>(0);
            string id = bytes.Length == 16 ? $"{new Guid(bytes, bigEndian: true)}" : Convert.ToHexStringLower(bytes);
            (long number, int leaf, int row) = (rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3));
            if (number != counted.Issuance)
            {
                CheckCount(counted.Issuance, counted.Count);
                leaves.Clear();
                counted = (number, 0, 0);
            }

            if (row == counted.Row) Add($"Row {row} of issuance {number} has two documents.");
            if (!leaves.Add(leaf)) Add($"Leaf {leaf} of issuance {number} has two documents.");
            counted = (number, row, counted.Count + 1);
            if (_issuances.TryGetValue(number, out var issuance))
                CheckDocument(id, issuance, leaf, new PackedDocument(rows.GetFieldValue<byte[]>(4)));
            else
                Add($"Credential {id} is of issuance {number}, which there is not.");
        }

        CheckCount(counted.Issuance, counted.Count);
    }

    // There may be fewer: documents are erased.
    private void CheckCount(long number, int count)
    {
        if (_issuances.TryGetValue(number, out var issuance) && count > issuance.Size)
            Add($"Issuance {number} is of {issuance.Size} credentials and has {count} documents.");
    }

    private void CheckDocument(string id, CheckedIssuance issuance, int leaf, PackedDocument packed)
    {
        ReadCredential credential;
        try
        {
            credential = CredentialReader.Read(packed.Unpack());
        }
        catch (Exception exception)
            when (exception is InvalidDataException or CredentialFormatException or StrictJsonException
                or ArgumentException or OverflowException)
        {
            Add($"The document of credential {id} cannot be read.");
            return;
        }

        var anchor = credential.Anchor;
        if (credential.Id != $"urn:uuid:{id}") Add($"The document of credential {id} says that it is {credential.Id}.");
        if (anchor.Index != leaf)
            Add($"Credential {id} is kept as leaf {leaf}, and its document says leaf {anchor.Index}.");
        if (issuance.Root is { } root && anchor.Root != root)
            Add($"Credential {id} is of the root {root}, and its document says {anchor.Root}.");
        bool isIncluded = MerkleProof.Verify(
            Convert.FromHexString(anchor.Root), credential.LeafHash(), anchor.Index, anchor.Size,
            [.. anchor.Path.Select(Convert.FromHexString)]);
        if (!isIncluded) Add($"The document of credential {id} does not lead to its root: it was altered.");
        if (issuance.Statement is { } statement && credential.StatusEntry is { } entry
            && !entry.IsOf(statement, leaf))
            Add($"Credential {id} names position {entry.Index} in a status list, which its issuance does not give it.");
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

    private sealed record CheckedIssuance(string State, int Size, string? Root, IssuanceStatement? Statement);
}

/// <summary>What a check found.</summary>
/// <param name="Issuances">How many issuances there are.</param>
/// <param name="Documents">How many documents there are.</param>
/// <param name="Faults">What does not agree, a sentence each.</param>
public sealed record StoreCheckResult(int Issuances, int Documents, IReadOnlyList<string> Faults);
