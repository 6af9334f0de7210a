using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// The records that say how an issuer stood with the accreditors, and where they were written. Of all accreditations
/// only the one that decides: a bundle is a file that people send.
/// </summary>
internal sealed record BundledFindings(
    ProjectedRecord<Achievement> Achievement, ProjectedRecord<Consortium>? Consortium,
    ProjectedRecord<Accreditation>? Granted, ProjectedRecord<Institution>? Accreditor)
{
    /// <summary>The newest block that any of them is in.</summary>
    public ulong NewestBlock => new[]
    {
        Achievement.Written.Block, Consortium?.Written.Block ?? 0, Granted?.Written.Block ?? 0,
        Accreditor?.Written.Block ?? 0,
    }.Max();

    /// <summary>Finds them; none if the achievement is not on the ledger.</summary>
    public static BundledFindings? Find(
        ProjectedRecords records, LedgerProjection projection, string ledger, ProjectedRecord<Issuance> issuance,
        AchievementReference reference)
    {
        string mspId = issuance.Record.Statement.MspId;
        if (records.FindAchievementRecord(mspId, reference.Id, reference.Version) is not { } achievement) return null;

        var found = projection.AccreditationRecordsOf(mspId, achievement.Record)
            ?? throw new RecordUnreadableException("A record of its issuer's accreditation cannot be read here.");
        var all = AccreditationFinding.Of(found, ledger, mspId, issuance.Written.Time);
        var granted = all is { Accreditor: { } by, Id: { } id } ? records.FindAccreditation(mspId, by, id) : null;
        return new BundledFindings(
            achievement, records.FindConsortium(), granted,
            granted is null ? null : records.FindInstitution(granted.Record.Accreditor));
    }
}
