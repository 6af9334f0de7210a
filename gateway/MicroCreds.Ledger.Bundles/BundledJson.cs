using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles;

/// <summary>Reads files that strangers made: no list may hold null, since nothing that the ledger has does.</summary>
internal static class BundledJson
{
    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="except">A member that is not looked into: what it holds is read by its own rules.</param>
    /// <exception cref="StrictJsonException">It is none of this kind; the message says what is wrong and where.
    /// </exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, string? except = null)
        where T : class
    {
        using var document = StrictJson.Parse(utf8.ToArray());
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != except) RefuseNullItems(member.Value, "/" + JsonPointer.Escape(member.Name));
            }
        }

        return LedgerJson.Deserialize<T>(document.RootElement);
    }

    private static void RefuseNullItems(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
                RefuseNullItems(member.Value, $"{path}/{JsonPointer.Escape(member.Name)}");
            return;
        }

        if (element.ValueKind != JsonValueKind.Array) return;

        int index = 0;
        foreach (var item in element.EnumerateArray())
        {
            string place = $"{path}/{index++}";
            if (item.ValueKind == JsonValueKind.Null)
                throw new StrictJsonException(place, "There is null, where an entry of the list belongs.");
            RefuseNullItems(item, place);
        }
    }
}
