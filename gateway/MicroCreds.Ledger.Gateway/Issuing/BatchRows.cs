using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Reads the rows of a batch, from a JSON list or from NDJSON, and checks every one of them before anything is done.
/// What is kept is each row's canonical JSON, one a line.
/// </summary>
public sealed class BatchRows
{
    /// <summary>The most credentials of one batch.</summary>
    public const int MaxRows = 100_000;

    private const byte LineFeed = (byte)'\n';

    private readonly AchievementCatalog _catalog;
    private readonly DateTimeOffset _now;
    private readonly ArrayBufferWriter<byte> _canonical = new(64 * 1024);
    private readonly List<FieldFault> _faults = [];
    private readonly Dictionary<string, string?> _achievements = new(StringComparer.Ordinal);

    private BatchRows(AchievementCatalog catalog, DateTimeOffset now) => (_catalog, _now) = (catalog, now);

    /// <summary>The rows as canonical JSON, each ended by a line feed.</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical.WrittenMemory;

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Reads and checks a body. What is wrong with its rows is told by <see cref="RequireFaultless"/>.
    /// </summary>
    /// <exception cref="ProblemException">It is no list, or there is no row, or too many.</exception>
    public static BatchRows Read(byte[] body, bool isList, AchievementCatalog catalog, DateTimeOffset now)
    {
        var rows = new BatchRows(catalog, now);
        if (isList)
            rows.ReadList(body);
        else
            rows.ReadLines(body);
        if (rows.Count == 0)
            throw ProblemException.Invalid("", "holds no row: send at least one credential request.");
        return rows;
    }

    /// <summary>Refuses the whole batch if one row is broken.</summary>
    /// <exception cref="ProblemException">Names each broken row, its field and the reason.</exception>
    public void RequireFaultless()
    {
        if (_faults.Count > 0)
            throw ProblemException.Invalid(_faults);
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

    private void ReadList(byte[] body)
    {
        using var document = ParseList(body);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw ProblemException.Invalid(
                "", "must be a JSON list of credential requests, or one a line as application/x-ndjson.");
        }

        RequireCount(document.RootElement.GetArrayLength());
        foreach (var row in document.RootElement.EnumerateArray())
            Add(row);
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
        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf(LineFeed);
            var line = body[..(end < 0 ? body.Length : end)];
            body = end < 0 ? default : body[(end + 1)..];
            number++;
            if (IsBlank(line.Span))
                continue;
            RequireCount(Count + 1);
            if (number != Count + 1)
                throw ProblemException.Invalid($"/{Count}", $"line {Count + 1} is blank: leave blank lines out.");
            try
            {
                using var document = StrictJson.Parse(line);
                Add(document.RootElement);
            }
            catch (StrictJsonException exception)
            {
                // A row that cannot even be parsed has no canonical form: such a batch was never accepted.
                AddFault(exception.Path, exception.Reason);
                _canonical.Write([LineFeed]);
                Count++;
            }
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

    private static void RequireCount(int count)
    {
        if (count > MaxRows)
            throw ProblemException.Invalid("", $"holds more than {MaxRows} rows: send several batches.");
    }

    private void Add(JsonElement row)
    {
        if (_faults.Count < ProblemResponse.MaxFaults)
            Check(row);
        _canonical.Write(CanonicalJson.Canonicalize(row));
        _canonical.Write([LineFeed]);
        Count++;
    }

    private void Check(JsonElement row)
    {
        CredentialRequest request;
        try
        {
            request = LedgerJson.Deserialize<CredentialRequest>(row);
        }
        catch (StrictJsonException exception)
        {
            AddFault(exception.Path, exception.Reason);
            return;
        }

        bool isSelector = true;
        foreach (var fault in CredentialBuilder.Validate(request, _now))
        {
            AddFault(fault.Path, fault.Message);
            isSelector &= fault.Path != "/achievement";
        }

        if (!isSelector)
            return;
        if (!_achievements.TryGetValue(request.Achievement, out string? reason))
        {
            _ = _catalog.Find(request.Achievement, out reason);
            _achievements[request.Achievement] = reason;
        }

        if (reason is not null)
            AddFault("/achievement", reason);
    }

    private void AddFault(string place, string reason) =>
        _faults.Add(new FieldFault($"/{Count}{place}", reason, Count + 1));
}
