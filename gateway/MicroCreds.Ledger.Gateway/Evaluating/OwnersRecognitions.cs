using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// What institutions recognise of each other's achievements by the agreements on the ledger, which are read again only
/// when one changed. Thread-safe.
/// </summary>
public sealed class OwnersRecognitions(LedgerProjection projection, TimeProvider time)
{
    private const string SelectStamp =
        "SELECT COUNT(*), COALESCE(MAX(block), 0) FROM record WHERE key >= $0 AND key < $1";

    private volatile Snapshot? _snapshot;

    /// <summary>Says what an institution recognises, as of now.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="isAccredited">
    /// Whether an achievement was awarded under an accreditation at a time; what is only offered is not yet.
    /// </param>
    public RecognizedAs Of(string mspId, Func<Achievement, DateTimeOffset, bool> isAccredited)
    {
        // By the other party: of many agreements few speak of one institution's awards.
        var agreements = List().Where(agreement => PartiesOf(agreement).Contains(mspId))
            .SelectMany(agreement => PartiesOf(agreement).Select(party => (party, agreement)))
            .ToLookup(item => item.party, item => item.agreement, StringComparer.Ordinal);
        var now = time.GetUtcNow();
        return (achievement, anchoredAt) =>
        [
            .. Recognition.AllOf(
                FactsOf(achievement, anchoredAt, isAccredited), agreements[achievement.MspId], mspId, now).Select(Take),
        ];
    }

    private static IEnumerable<string> PartiesOf(Agreement agreement) =>
        agreement.Versions.SelectMany(version => version.Terms.Parties).Distinct(StringComparer.Ordinal);

    private static CredentialFacts FactsOf(
        Achievement achievement, DateTimeOffset anchoredAt, Func<Achievement, DateTimeOffset, bool> isAccredited) =>
        new()
        {
            Credential = "",
            MspId = achievement.MspId,
            Achievement = achievement,
            AwardedAt = anchoredAt,
            IsAccredited = isAccredited(achievement, anchoredAt),
        };

    private static RecognizedAchievement Take(RecognitionAnswer answer) => new()
    {
        Agreement = answer.Agreement!,
        AgreementVersion = answer.Version!.Value,
        Clause = answer.Clause!,
        Credits = answer.Credits ?? 0,
        Equivalent = answer.Equivalent,
        EqfLevel = answer.EqfLevel,
        MaxCreditsPerLearner = answer.MaxCreditsPerLearner,
    };

    private IReadOnlyList<Agreement> List()
    {
        var (start, end) = CompositeKey.Range(RecordKey.AgreementType);
        (byte[] from, byte[] until) = (Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end));
        using var reader = projection.Database.Read();
        string stamp;
        using (var row = reader.Prepare(SelectStamp, 2).With(from, until).ExecuteReader())
        {
            row.Read();
            stamp = $"{row.GetInt64(0)}/{row.GetInt64(1)}";
        }

        if (_snapshot is { } known && known.Stamp == stamp)
            return known.Agreements;

        var parts = new Dictionary<string, List<AgreementPart>>(StringComparer.Ordinal);
        using var rows = reader.Prepare("SELECT value FROM record WHERE key >= $0 AND key < $1 ORDER BY key", 2)
            .With(from, until).ExecuteReader();
        while (rows.Read())
        {
            var part = JsonSerializer.Deserialize<AgreementPart>(rows.GetFieldValue<byte[]>(0), LedgerJson.Options)!;
            string id = part.Proposal?.Statement.Id ?? part.Acceptance?.Statement.Agreement
                ?? part.Notice!.Statement.Agreement;
            if (!parts.TryGetValue(id, out var ofOne))
                parts[id] = ofOne = [];
            ofOne.Add(part);
        }

        Agreement[] agreements = [.. parts.Values.Select(Agreement.Of).OfType<Agreement>()];
        _snapshot = new Snapshot(stamp, agreements);
        return agreements;
    }

    private sealed record Snapshot(string Stamp, IReadOnlyList<Agreement> Agreements);
}
