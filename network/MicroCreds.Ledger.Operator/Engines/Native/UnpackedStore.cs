using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>The gateway's store of a backup, looked at before it takes its place.</summary>
internal static class UnpackedStore
{
    /// <summary>How many faults are told, of what may be thousands.</summary>
    private const int MostTold = 5;

    /// <summary>
    /// Checks it as <c>microcreds store check</c> does. One of an older version is brought up to date first, as the
    /// gateway would.
    /// </summary>
    /// <param name="directory">The gateway's data directory as it was unpacked.</param>
    /// <param name="isAsPacked">
    /// Whether it is known to be as it was packed: what then does not agree did not when it was backed up, and is told.
    /// </param>
    /// <returns>Why it is not to be used, in sentences; null if it can be, or if there is none.</returns>
    public static async Task<string?> FindFaultAsync(string directory, bool isAsPacked)
    {
        if (!File.Exists(Path.Combine(directory, StorePlace.FileName)))
        {
            return null; // The gateway keeps it in PostgreSQL, or had kept nothing yet.
        }

        StoreCheckResult found;
        try
        {
            var place = new StorePlace(directory);
            using var held = place.Take();
            await using var database = place.Open(Schema.Upgrade);
            found = database.Check();
        }
        catch (StoreException exception)
        {
            return exception.Message;
        }

        if (found.Faults.Count == 0)
        {
            return null;
        }

        string more = found.Faults.Count > MostTold ? $" And {found.Faults.Count - MostTold} more." : "";
        string told = string.Join(' ', found.Faults.Take(MostTold)) + more;
        if (!isAsPacked || found.IsFileDamaged)
        {
            return told;
        }

        Console.WriteLine($"The store was backed up with faults, and is put in place with them: {told}");
        return null;
    }
}
