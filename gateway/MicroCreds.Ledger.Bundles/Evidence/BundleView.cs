using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>The ledger as far as a bundle proves it: one credential's records, or nothing.</summary>
internal sealed class BundleView(BundleEvidence evidence) : ILedgerView
{
    public ValueTask<AnchorView> FindAnchorAsync(string root, int index, CancellationToken cancellationToken)
    {
        // What a bundle does not prove is not known: neither that it is there nor that it is not.
        if (!evidence.IsSound || evidence.Statement.Root != root || evidence.Statement.Index != index)
            throw new LedgerUnavailableException("The bundle does not prove what the ledger has on this credential.");
        var issuance = evidence.Statement.Issuance;
        return ValueTask.FromResult(new AnchorView
        {
            Anchor = new Anchor
            {
                Issuance = evidence.Issuance,
                Institution = evidence.Institution,
                Status = evidence.Status,
            },
            AnchoredAt = new LedgerPosition(issuance.Block, issuance.Position, issuance.Time),
            AsOf = evidence.Statement.AsOf,
        });
    }

    public ValueTask<AccreditationRecords?> FindAccreditationAsync(
        string mspId, AchievementReference achievement, CancellationToken cancellationToken)
    {
        bool isKnown = evidence is { IsSound: true, Accreditation.Achievement: { } proven } && proven.MspId == mspId
            && proven.Id == achievement.Id && proven.Version == achievement.Version;
        return ValueTask.FromResult(isKnown ? evidence.Accreditation : null);
    }
}
