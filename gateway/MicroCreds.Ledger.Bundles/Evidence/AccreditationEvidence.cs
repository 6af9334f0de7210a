using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>What a bundle proves of its issuer's accreditation.</summary>
internal static class AccreditationEvidence
{
    /// <summary>
    /// Proves the records; none if who the accreditors are was decided by fewer members than make a majority today, so
    /// that it cannot be told from a list that some of them made up.
    /// </summary>
    /// <param name="bundled">What the bundle has.</param>
    /// <param name="issuer">The issuer.</param>
    /// <param name="written">What tells whether records were written.</param>
    /// <exception cref="EvidenceException">One of them was not written by its transaction.</exception>
    public static AccreditationRecords? Prove(BundledAccreditation bundled, string issuer, WrittenRecords written)
    {
        var achievement = LedgerJson.Deserialize<Achievement>(bundled.Achievement.Record);
        if (achievement.MspId != issuer) throw new EvidenceException("The achievement is not the issuer's.");
        written.RequireOwned(
            bundled.Achievement, RecordKey.Achievement(issuer, achievement.Id, achievement.Version), issuer,
            isChange: achievement.RetiredAt is not null);

        bool isDecided = bundled.Consortium is null
            || written.IsOfMajority(written.Require(bundled.Consortium, RecordKey.Consortium(), owner: null));
        var consortium = bundled.Consortium is { } decided
            ? LedgerJson.Deserialize<Consortium>(decided.Record)
            : new Consortium();
        var (granted, accreditor) = ProveGrant(bundled, issuer, written);
        return !isDecided ? null : new AccreditationRecords
        {
            Achievement = achievement,
            Consortium = consortium,
            Accreditations = granted is null ? [] : [granted],
            Accreditors = accreditor is null ? [] : [accreditor],
        };
    }

    private static (Accreditation? Granted, Institution? Accreditor) ProveGrant(
        BundledAccreditation bundled, string issuer, WrittenRecords written)
    {
        if (bundled.Granted is null && bundled.Accreditor is null) return (null, null);
        if (bundled is not { Granted: { } grantedRecord, Accreditor: { } accreditorRecord })
            throw new EvidenceException("An accreditation and who granted it go together.");

        var granted = LedgerJson.Deserialize<Accreditation>(grantedRecord.Record);
        var accreditor = LedgerJson.Deserialize<Institution>(accreditorRecord.Record);
        if (granted.MspId != issuer || granted.Accreditor != accreditor.MspId)
            throw new EvidenceException("The accreditation is of another institution, or by another accreditor.");
        written.RequireOwned(
            grantedRecord, RecordKey.Accreditation(issuer, accreditor.MspId, granted.Id), accreditor.MspId,
            isChange: granted.Changes.Count > 1);
        written.RequireInstitution(accreditorRecord, accreditor.MspId);
        return (granted, accreditor);
    }
}
