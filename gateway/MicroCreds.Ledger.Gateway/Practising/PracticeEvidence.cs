using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What a credential rests on: what was practised, and the digest of the statements that say so.</summary>
public sealed record PracticeEvidence
{
    /// <summary>What the scenario is called.</summary>
    public required string Scenario { get; init; }

    /// <summary>What the simulator is called.</summary>
    public required string Simulator { get; init; }

    /// <summary>The activities that were practised.</summary>
    public required IReadOnlyList<PractisedActivity> Activities { get; init; }

    /// <summary>How often.</summary>
    public required int Attempts { get; init; }

    /// <summary>How long, in seconds.</summary>
    public required long Seconds { get; init; }

    /// <summary>The best scaled score.</summary>
    public double? Score { get; init; }

    /// <summary>When the first attempt began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When the last statement was stored.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The statements, by their ids, in the order in which they were stored.</summary>
    public required IReadOnlyList<Guid> Statements { get; init; }

    /// <summary>
    /// The SHA-256 of the statements, in this order, as one array in canonical form (RFC 8785), in hexadecimal digits.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>Gathers it.</summary>
    public static PracticeEvidence Of(
        FoundRule rule, PracticeRecord record, IReadOnlyList<KeptStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(record);
        return new PracticeEvidence
        {
            Scenario = rule.Rule.Title,
            Simulator = rule.Simulator.Name,
            Activities = record.Activities,
            Attempts = record.Attempts.Count,
            Seconds = record.Seconds,
            Score = record.BestScore,
            From = record.Attempts[0].At,
            Until = statements[^1].StoredAt,
            Statements = [.. statements.Select(one => one.Id)],
            Sha256 = DigestOf(statements),
        };
    }

    /// <summary>The digest of statements.</summary>
    public static string DigestOf(IEnumerable<KeptStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        using var json = JsonDocument.Parse(ArrayOf(statements));
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Canonicalize(json.RootElement)));
    }

    /// <summary>Statements as one array.</summary>
    public static byte[] ArrayOf(IEnumerable<KeptStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        return Xapi.StatementWriting.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var one in statements) writer.WriteRawValue(one.Content);
            writer.WriteEndArray();
        });
    }

    /// <summary>Writes it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LedgerJson.Options);

    /// <summary>Reads it.</summary>
    public static PracticeEvidence Of(string json) =>
        JsonSerializer.Deserialize<PracticeEvidence>(json, LedgerJson.Options)!;
}
