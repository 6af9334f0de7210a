using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>The ledger as far as a bundle proves it: one credential's records, or nothing.</summary>
internal sealed class BundleView(BundleEvidence evidence) : ILedgerView
{
    public ValueTask<AnchorView> FindAnchorAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken)
    {
        // What a bundle does not prove is not known: neither that it is there nor that it is not.
        if (!evidence.IsSound || evidence.Issuance?.Statement.MspId != mspId || evidence.Statement.Root != root
            || evidence.Statement.Index != index)
        {
            throw new LedgerUnavailableException("The bundle does not prove what the ledger has on this credential.");
        }

        var issuance = evidence.Statement.Issuance;
        var attested = FindAttested(achievement);
        return ValueTask.FromResult(new AnchorView
        {
            Anchor = new Anchor
            {
                Issuance = evidence.Issuance,
                Institution = evidence.Institution,
                Status = evidence.Status,
            },
            Achievement = attested,
            Accreditation = attested is null ? null : evidence.Accreditation,
            AnchoredAt = new LedgerPosition(issuance.Block, issuance.Position, issuance.Time),
            StatusAt = evidence.Statement.Status is { } status
                ? new LedgerPosition(status.Block, status.Position, status.Time)
                : null,
            AsOf = evidence.Statement.AsOf,
        });
    }

    private Achievement? FindAttested(AchievementReference? achievement) =>
        evidence is { Issuance.Statement: { } stated, Achievement: { } proven }
            && stated.FindAttested(achievement) is { } attested && proven.MspId == stated.MspId
            && proven.Id == attested.Id && proven.Version == attested.Version
            ? proven
            : null;
}
