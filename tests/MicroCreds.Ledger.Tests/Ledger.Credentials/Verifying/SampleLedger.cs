using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>A view of a ledger that says what a test has it say.</summary>
internal sealed class SampleLedger : ILedgerView
{
    public Dictionary<string, Issuance> Issuances { get; } = [];

    public Dictionary<(string Root, int Index), Status> Statuses { get; } = [];

    public Dictionary<string, Institution> Institutions { get; } = [];

    public List<Achievement> Achievements { get; } = [];

    public LedgerPosition? AnchoredAt { get; set; } = new(7, 0, SampleIssuer.IssuedAt);

    /// <summary>When statuses were written; none is as their transactions say.</summary>
    public DateTimeOffset? StatusMoment { get; set; }

    public LedgerMoment? AsOf { get; set; } = new(9, SampleIssuer.IssuedAt.AddHours(1));

    public bool IsUnavailable { get; set; }

    public int Asked { get; private set; }

    public static SampleLedger Of(SampleIssuer issuer, params SampleCohort[] cohorts)
    {
        var ledger = new SampleLedger();
        ledger.Institutions[issuer.Institution.MspId] = issuer.Institution;
        ledger.Achievements.Add(issuer.Achievement);
        foreach (var cohort in cohorts) ledger.Issuances[cohort.Root] = cohort.Issuance;
        return ledger;
    }

    public void Add(Status status) => Statuses[(status.Statement.Root, status.Statement.Index)] = status;

    public ValueTask<AnchorView> FindAnchorAsync(
        string mspId, string root, int index, AchievementReference? achievement, CancellationToken cancellationToken)
    {
        Asked++;
        if (IsUnavailable) throw new LedgerUnavailableException("The peer does not answer.");
        if (!Issuances.TryGetValue(root, out var issuance)) return new(new AnchorView { AsOf = AsOf });
        var status = Statuses.GetValueOrDefault((root, index));
        return new(new AnchorView
        {
            Anchor = new Anchor
            {
                Issuance = issuance,
                Institution = Institutions.GetValueOrDefault(issuance.Statement.MspId),
                Status = status,
            },
            Achievement = issuance.Statement.FindAttested(achievement) is { } attested
                ? Achievements.Find(one => one.MspId == issuance.Statement.MspId && one.Id == attested.Id
                    && one.Version == attested.Version)
                : null,
            AnchoredAt = AnchoredAt,
            StatusAt = AnchoredAt is null || status is null
                ? null
                : new LedgerPosition(8, 0, StatusMoment ?? status.ChangedAt),
            AsOf = AsOf,
        });
    }
}
