using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>What lists of records that have an owner, an id and a version are asked by.</summary>
internal static class VersionedRecords
{
    /// <summary>Reads whose records are asked for; none is everyone's.</summary>
    public static string? OwnerOf(HttpRequest request)
    {
        string? mspId = request.Query["mspId"];
        return mspId is null || (mspId.Length is > 0 and <= Limits.MaxIdLength && !HasReservedCharacters(mspId))
            ? mspId
            : throw ProblemException.Invalid("mspId", "must be an institution's MSP id; leave it out for everyone's.");
    }

    /// <summary>Reads behind which record the page begins; none is the first.</summary>
    public static RecordKey? After(PageRequest page, Func<string, string, int, RecordKey> keyOf)
    {
        if (page.After is not { } after) return null;
        string[] parts = after.Split('/');
        return parts.Length == 3 && !HasReservedCharacters(after)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? keyOf(parts[0], parts[1], version)
            : throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
    }

    /// <summary>Whether a text could not be part of a key on the ledger: U+0000, U+10FFFF, a lone surrogate.</summary>
    public static bool HasReservedCharacters(params ReadOnlySpan<string> texts)
    {
        foreach (string text in texts)
        {
            foreach (var rune in text.EnumerateRunes())
            {
                if (rune.Value is 0 or 0x10FFFF or 0xFFFD)
                    return true;
            }
        }

        return false;
    }
}
