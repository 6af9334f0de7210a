using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>Gathers how the institution stands among the others. Thread-safe.</summary>
public sealed class InstitutionSurvey(
    LedgerProjection projection, MemberAgreements agreements, IssuingStatistics statistics,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The most achievements that are counted one by one.</summary>
    public const int MaxAchievements = 50;

    /// <summary>The months that are counted one by one.</summary>
    public const int Months = 12;

    /// <summary>Gathers it.</summary>
    public Survey Take()
    {
        // Taken first: what is read afterwards is at least as new.
        var asOf = projection.Head;
        var now = time.GetUtcNow();
        var own = projection.Shared.Agreements.Of(options.MspId);
        return new Survey
        {
            MspId = options.MspId,
            Now = now,
            AsOf = asOf,
            Institutions = projection.Institutions,
            Waiting = [.. own.Where(agreements.Awaits)],
            Pending = [.. own.Where(agreements.IsPending)],
            Partners = RecognitionMatrix.Of(
                options.MspId, projection.Institutions, projection.Shared.Agreements, now),
            Accreditations = [.. projection.Shared.Accreditations],
            Consortium = projection.Shared.Consortium,
            Totals = statistics.TotalOf(options.MspId),
            ByAchievement = statistics.ByAchievement(options.MspId, MaxAchievements + 1),
            ByMonth = statistics.ByMonth(options.MspId, Months),
        };
    }
}

/// <summary>How the institution stands among the others.</summary>
public sealed record Survey
{
    /// <summary>The institution.</summary>
    public required string MspId { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far the ledger was read.</summary>
    public required LedgerMoment? AsOf { get; init; }

    /// <summary>All institutions by MSP.</summary>
    public required IReadOnlyDictionary<string, Institution> Institutions { get; init; }

    /// <summary>Agreements that wait for the institution.</summary>
    public required IReadOnlyList<Agreement> Waiting { get; init; }

    /// <summary>Agreements that the institution has signed and others have not.</summary>
    public required IReadOnlyList<Agreement> Pending { get; init; }

    /// <summary>What partners recognize of it, and it of theirs.</summary>
    public required IReadOnlyList<PartnerRecognition> Partners { get; init; }

    /// <summary>All accreditations of the consortium.</summary>
    public required IReadOnlyList<Accreditation> Accreditations { get; init; }

    /// <summary>Who the accreditors are and were.</summary>
    public required Consortium Consortium { get; init; }

    /// <summary>What the institution did, over all time.</summary>
    public required IssuingCounts Totals { get; init; }

    /// <summary>By achievement, the most issued first.</summary>
    public required IReadOnlyList<IssuingCount> ByAchievement { get; init; }

    /// <summary>By month, the newest first.</summary>
    public required IReadOnlyList<IssuingCount> ByMonth { get; init; }

    /// <summary>Names an institution.</summary>
    public string NameOf(string mspId) => Institutions.GetValueOrDefault(mspId)?.Name ?? mspId;
}
