using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Reads the rows of a batch, from a JSON list or from NDJSON, and checks every one of them before anything is done.
/// What is kept is each row's canonical JSON, one a line.
/// </summary>
public sealed class BatchRows
{
    /// <summary>The most credentials of one batch.</summary>
    public const int MaxRows = 100_000;

    /// <summary>How many faults one row can have, and more.</summary>
    private const int MaxFaultsPerRow = 12;

    /// <summary>How many rows are examined at a time.</summary>
    private const int ChunkSize = 1000;

    private const byte LineFeed = (byte)'\n';

    private readonly AchievementCatalog _catalog;
    private readonly DateTimeOffset _now;
    private readonly ArrayBufferWriter<byte> _canonical = new(64 * 1024);
    private readonly List<FieldFault> _faults = [];
    private readonly ConcurrentDictionary<string, (Achievement? Achievement, string? Reason)> _achievements =
        new(StringComparer.Ordinal);

    private readonly List<AwardedRow> _awards = [];
    private readonly byte[] _secret;
    private readonly int _maxFaults;
    private readonly bool _keepsLines;

    private BatchRows(
        AchievementCatalog catalog, byte[] secret, DateTimeOffset now, int maxFaults, bool keepsLines) =>
        (_catalog, _secret, _now, _maxFaults, _keepsLines) = (catalog, secret, now, maxFaults, keepsLines);

    /// <summary>What is wrong with the rows, in their order.</summary>
    public IReadOnlyList<FieldFault> Faults => _faults;

    /// <summary>
    /// The rows as canonical JSON, each ended by a line feed; nothing of rows that are only looked at.
    /// </summary>
    public ReadOnlyMemory<byte> Canonical => _canonical.WrittenMemory;

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>What the rows award that nothing is wrong with.</summary>
    public IReadOnlyList<AwardedRow> Awards => _awards;

    /// <summary>
    /// Reads and checks a body. What is wrong with its rows is told by <see cref="RequireFaultless"/>.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="isList">Whether it is a JSON list, and not one row a line.</param>
    /// <param name="catalog">What can be issued.</param>
    /// <param name="secret">The store's secret.</param>
    /// <param name="now">When it is read.</param>
    /// <exception cref="ProblemException">It is no list, or there is no row, or too many.</exception>
    public static BatchRows Read(
        byte[] body, bool isList, AchievementCatalog catalog, byte[] secret, DateTimeOffset now)
    {
        var rows = new BatchRows(catalog, secret, now, ProblemResponse.MaxFaults, keepsLines: true);
        rows.Read(body, isList);
        return rows;
    }

    /// <summary>
    /// Reads and checks a body that is only looked at: every fault is told, and nothing of it is kept.
    /// </summary>
    /// <inheritdoc cref="Read(byte[], bool, AchievementCatalog, byte[], DateTimeOffset)"/>
    public static BatchRows Look(
        byte[] body, bool isList, AchievementCatalog catalog, byte[] secret, DateTimeOffset now)
    {
        var rows = new BatchRows(catalog, secret, now, MaxRows * MaxFaultsPerRow, keepsLines: false);
        rows.Read(body, isList);
        return rows;
    }

    /// <summary>Reads and checks rows that are only looked at, as they come.</summary>
    /// <param name="requests">The rows, each a request as JSON.</param>
    /// <param name="catalog">What can be issued.</param>
    /// <param name="secret">The store's secret.</param>
    /// <param name="now">When they are read.</param>
    public static BatchRows Look(
        IEnumerable<byte[]> requests, AchievementCatalog catalog, byte[] secret, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var rows = new BatchRows(catalog, secret, now, MaxRows * MaxFaultsPerRow, keepsLines: false);
        foreach (byte[][] some in requests.Chunk(ChunkSize))
            rows.AddAll(some, (row, keyed) => rows.ExamineLine(row, keyed));
        return rows;
    }

    /// <summary>Refuses the whole batch if one row is broken.</summary>
    /// <exception cref="ProblemException">Names each broken row, its field and the reason.</exception>
    public void RequireFaultless()
    {
        if (_faults.Count > 0)
            throw ProblemException.Invalid(_faults);
        RequireFewAchievements();
    }

    /// <summary>Refuses a batch of more achievements than one issuance can name.</summary>
    public void RequireFewAchievements()
    {
        if (_achievements.Count > Limits.MaxAchievementsPerIssuance)
        {
            throw ProblemException.Invalid(
                "", $"names {_achievements.Count} achievements: one batch takes {Limits.MaxAchievementsPerIssuance}.");
        }
    }

    /// <summary>Splits what <see cref="Canonical"/> gave.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> canonical)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!canonical.IsEmpty)
        {
            int end = canonical.Span.IndexOf(LineFeed);
            int length = end < 0 ? canonical.Length : end;
            lines.Add(canonical[..length]);
            canonical = canonical[Math.Min(length + 1, canonical.Length)..];
        }

        return lines;
    }

    private void Read(byte[] body, bool isList)
    {
        if (isList)
            ReadList(body);
        else
            ReadLines(body);
        if (Count == 0)
            throw ProblemException.Invalid("", "holds no row: send at least one credential request.");
    }

    private void ReadList(byte[] body)
    {
        using var document = ParseList(body);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw ProblemException.Invalid(
                "", "must be a JSON list of credential requests, or one a line as application/x-ndjson.");
        }

        RequireCount(document.RootElement.GetArrayLength());
        foreach (var rows in document.RootElement.EnumerateArray().Chunk(ChunkSize))
            AddAll(rows, Examine);
    }

    private static JsonDocument ParseList(byte[] body)
    {
        try
        {
            return StrictJson.Parse(body);
        }
        catch (StrictJsonException exception)
        {
            string[] parts = exception.Path.Split('/', 3);
            bool isRow = parts.Length > 1
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
            int? row = isRow ? int.Parse(parts[1], CultureInfo.InvariantCulture) + 1 : null;
            throw new ProblemException(
                ProblemKind.InvalidJson, $"{exception.Message} Nothing was changed.",
                [new FieldFault(exception.Path, exception.Reason, row)]);
        }
    }

    private void ReadLines(ReadOnlyMemory<byte> body)
    {
        int number = 0;
        var lines = new List<ReadOnlyMemory<byte>>(ChunkSize);
        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf(LineFeed);
            var line = body[..(end < 0 ? body.Length : end)];
            body = end < 0 ? default : body[(end + 1)..];
            number++;
            if (IsBlank(line.Span))
                continue;
            int rows = Count + lines.Count;
            RequireCount(rows + 1);
            if (number != rows + 1)
                throw ProblemException.Invalid($"/{rows}", $"line {rows + 1} is blank: leave blank lines out.");
            lines.Add(line);
            if (lines.Count < ChunkSize)
                continue;
            AddAll(lines, ExamineLine);
            lines.Clear();
        }

        AddAll(lines, ExamineLine);
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

    private static void RequireCount(int count)
    {
        if (count > MaxRows)
            throw ProblemException.Invalid("", $"holds more than {MaxRows} rows: send several batches.");
    }

    // Examining is most of the work and each row's own, so all cores share it; what is found is put together in order.
    private void AddAll<T>(IReadOnlyList<T> rows, Func<T, IncrementalHash, ExaminedRow> examine)
    {
        var examined = new ExaminedRow[rows.Count];
        Parallel.For(
            0, rows.Count, () => AwardKeys.Keyed(_secret),
            (i, _, keyed) =>
            {
                examined[i] = examine(rows[i], keyed);
                return keyed;
            },
            keyed => keyed.Dispose());
        foreach (var row in examined)
            Add(row);
    }

    private void Add(ExaminedRow row)
    {
        if (_faults.Count < _maxFaults)
        {
            foreach (var (place, reason) in row.Faults)
                AddFault(place, reason);
            if (row.Selector is not null && Find(row.Selector).Reason is { } why)
                AddFault("/achievement", why);
        }

        if (row.Keys is { } keys) _awards.Add(new AwardedRow(Count + 1, keys, row.AllowsDuplicates));
        if (_keepsLines)
        {
            _canonical.Write(row.Canonical);
            _canonical.Write([LineFeed]);
        }

        Count++;
    }

    private (Achievement? Achievement, string? Reason) Find(string selector) => _achievements.GetOrAdd(
        selector, static (wanted, catalog) => (catalog.Find(wanted, out string? reason), reason), _catalog);

    private ExaminedRow ExamineLine(ReadOnlyMemory<byte> line, IncrementalHash keyed)
    {
        try
        {
            using var document = StrictJson.Parse(line);
            return Examine(document.RootElement, keyed);
        }
        catch (StrictJsonException exception)
        {
            // A row that cannot even be parsed has no canonical form: such a batch was never accepted.
            return new ExaminedRow([], null, [(exception.Path, exception.Reason)]);
        }
    }

    private ExaminedRow Examine(JsonElement row, IncrementalHash keyed)
    {
        byte[] canonical = _keepsLines ? CanonicalJson.Canonicalize(row) : [];
        CredentialRequest request;
        try
        {
            NullItems.Refuse(row, typeof(CredentialRequest));
            request = LedgerJson.Deserialize<CredentialRequest>(row);
        }
        catch (StrictJsonException exception)
        {
            return new ExaminedRow(canonical, null, [(exception.Path, exception.Reason)]);
        }

        var faults = CredentialBuilder.Validate(request, _now);
        string? selector = faults.Any(fault => fault.Path == "/achievement") ? null : request.Achievement;
        return new ExaminedRow(canonical, selector, [.. faults.Select(fault => (fault.Path, fault.Message))])
        {
            Keys = faults.Count == 0 && selector is not null && Find(selector).Achievement is { } achievement
                ? AwardKeys.Of(
                    keyed, request.Recipient, new AchievementReference(achievement.Id, achievement.Version))
                : null,
            AllowsDuplicates = request.Duplicates == CredentialRequest.AllowDuplicates,
        };
    }

    private void AddFault(string place, string reason) =>
        _faults.Add(new FieldFault($"/{Count}{place}", reason, Count + 1));

    /// <summary>What a row is by itself.</summary>
    /// <param name="Canonical">Its canonical JSON, where that is kept.</param>
    /// <param name="Selector">The achievement that it names, if it names one.</param>
    /// <param name="Faults">What is wrong with it.</param>
    private sealed record ExaminedRow(
        byte[] Canonical, string? Selector, IReadOnlyList<(string Place, string Reason)> Faults)
    {
        /// <summary>What it awards to whom; nothing if something is wrong with it.</summary>
        public AwardKeys? Keys { get; init; }

        /// <summary>Whether it is issued although the person has it already.</summary>
        public bool AllowsDuplicates { get; init; }
    }
}
