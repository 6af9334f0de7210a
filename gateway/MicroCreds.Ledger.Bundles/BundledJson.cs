using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>Reads files that strangers made: no list may hold null, since nothing that the ledger has does.</summary>
internal static class BundledJson
{
    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <exception cref="StrictJsonException">It is none of this kind; the message says what is wrong and where.
    /// </exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8)
        where T : class
    {
        using var document = StrictJson.Parse(utf8.ToArray());
        NullItems.Refuse(document.RootElement, typeof(T));
        return LedgerJson.Deserialize<T>(document.RootElement);
    }
}
