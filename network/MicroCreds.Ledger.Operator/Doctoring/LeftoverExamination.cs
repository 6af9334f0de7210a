using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>What commands that did not come to their end have left in a state directory.</summary>
internal static class LeftoverExamination
{
    public static IEnumerable<Finding> Examine(NetworkState known)
    {
        foreach (var organization in known.Consortium.OwnOrganizations())
        {
            var copy = new RestoredCopy(known.State, organization);
            if (File.Exists(copy.Note))
            {
                yield return new Finding(
                    $"Restore of {organization.MspId}",
                    "its backup is in place, and the restore has not come to its end: the same file once more goes on "
                    + "with the copy that is in place.",
                    $"run scripts/restore.sh again, or scripts/up.sh; to have the backup put in place anew, remove "
                    + $"{copy.Note} first.");
            }

            if (new StoppedParts(known.State, organization).Read() is { Count: > 0 } parts)
            {
                yield return new Finding(
                    $"Parts of {organization.MspId}",
                    $"{string.Join(" and ", parts)} were stopped by a command that was killed before it started them.",
                    "scripts/up.sh starts them; so does that command, given again.");
            }
        }

        if (ChaincodeUpgrade.FindBegun(known) is { } begun)
        {
            yield return begun;
        }
    }
}
