using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.StatusLists;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>A place in a status list that a foreign credential names.</summary>
/// <param name="Url">The list's address.</param>
/// <param name="Index">The place.</param>
/// <param name="Purpose">What the list is for; absent of the IETF's, which are for all.</param>
internal sealed record ForeignStatusEntry(string Url, int Index, string? Purpose)
{
    /// <summary>
    /// Reads every place that a credential names. One that cannot be read keeps nobody from looking at the others, and
    /// is no place where nothing is said.
    /// </summary>
    /// <param name="credential">The credential, or a token's payload.</param>
    /// <returns>What can be read, and what is known because of the first that cannot; none if all can.</returns>
    public static (IReadOnlyList<ForeignStatusEntry> Entries, ForeignStatus? Fault) AllOf(JsonElement credential)
    {
        var entries = new List<ForeignStatusEntry>();
        ForeignStatus? fault = null;
        foreach (var (place, read) in PlacesOf(credential))
        {
            try
            {
                if (read(place) is { } entry) entries.Add(entry);
            }
            catch (Exception e) when (ForeignStatus.After(e) is { } unknown)
            {
                fault ??= unknown;
            }
        }

        return (entries, fault);
    }

    private static IEnumerable<(JsonElement Place, Func<JsonElement, ForeignStatusEntry?> Read)> PlacesOf(
        JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) yield break;
        if (root.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("status_list", out var list))
            yield return (list, OfTokenList);
        var credential = root.TryGetProperty("vc", out var inside) ? inside : root;
        if (credential.ValueKind != JsonValueKind.Object
            || !credential.TryGetProperty(CredentialVocabulary.StatusMember, out var named))
            yield break;
        if (named.ValueKind != JsonValueKind.Array)
        {
            yield return (named, OfBitstring);
            yield break;
        }

        foreach (var one in named.EnumerateArray()) yield return (one, OfBitstring);
    }

    private static ForeignStatusEntry OfTokenList(JsonElement place) =>
        new(place.GetProperty("uri").GetString()!, place.GetProperty("idx").GetInt32(), null);

    // What says something else of a credential than whether it stands is none of these.
    private static ForeignStatusEntry? OfBitstring(JsonElement place)
    {
        if (!JsonEnvelope.HasType(place, StatusListEntry.TypeName))
        {
            throw new StatusListException(
                StatusListFault.Malformed, "It has a status of a kind that is not known here.");
        }

        string? purpose = place.GetProperty("statusPurpose").GetString();
        if (purpose is not (StatusPurpose.Revocation or StatusPurpose.Suspension)) return null;

        // With several bits for each place, what stands at ours is something else's.
        if (place.TryGetProperty("statusSize", out var size)
            && !(size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int bits) && bits == 1))
        {
            throw new StatusListException(
                StatusListFault.Malformed, "Its status list has more than one bit for each credential.");
        }

        var index = place.GetProperty("statusListIndex");
        return new ForeignStatusEntry(
            place.GetProperty("statusListCredential").GetString()!,
            index.ValueKind == JsonValueKind.Number
                ? index.GetInt32()
                : int.Parse(index.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture),
            purpose);
    }
}
