using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>An accreditation that is in force.</summary>
/// <param name="Accreditor">Who accredits.</param>
/// <param name="Id">Its name.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="LapsesAt">When it stops being in force; null while no such day is set.</param>
public sealed record StandingAccreditation(
    Institution Accreditor, string Id, AccreditationStanding Standing, DateTimeOffset? LapsesAt)
{
    /// <summary>
    /// Finds those of an institution at a time, by the rules that <see cref="AccreditationFinding"/> goes by: what is
    /// suspended, withdrawn or over, or by who is no accreditor any more, is none.
    /// </summary>
    /// <param name="records">What the ledger says.</param>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="mspId">The institution.</param>
    /// <param name="at">The time.</param>
    public static IReadOnlyList<StandingAccreditation> AllOf(
        AccreditationRecords records, string ledger, string mspId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(records);
        var all = new List<StandingAccreditation>();
        foreach (var one in records.Accreditations.Where(one => one.MspId == mspId))
        {
            var accreditor = records.Accreditors.FirstOrDefault(other => other.MspId == one.Accreditor);
            if (accreditor is null || !AccreditationFinding.IsAccreditor(records.Consortium, accreditor, at)) continue;
            var standing = one.StandingAt(
                at, change => AccreditationFinding.IsGenuine(change, one, accreditor, ledger));
            if (standing.State != AccreditationState.InForce) continue;
            all.Add(new StandingAccreditation(accreditor, one.Id, standing, one.LapsesAfter(at)));
        }

        return all;
    }
}
