using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>
/// The member <c>credentialStatus</c>: where in which list of revocations a credential stands (Bitstring Status List
/// 1.0). It lies inside the leaf, so that nobody can point a credential at another place.
/// </summary>
/// <param name="List">The list.</param>
/// <param name="Url">Its address at the issuer's gateway.</param>
/// <param name="Index">The credential's position.</param>
public sealed record StatusListEntry(StatusListName List, string Url, int Index)
{
    /// <summary>The kind of status.</summary>
    public const string TypeName = "BitstringStatusListEntry";

    private const string Path = "/" + CredentialVocabulary.StatusMember;

    private static readonly string[] Names = ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential"];

    /// <summary>The address of the issuer's gateway, without a slash at its end.</summary>
    public string Gateway => Url[..Url.LastIndexOf(StatusListName.Path, StringComparison.Ordinal)];

    /// <summary>The address of the list that tokens name: of all statuses, with the same positions.</summary>
    public string TokenListUrl => (List with { Purpose = StatusPurpose.Any }).UrlAt(Gateway);

    /// <summary>Tells whether this is the place that an issuance on the ledger gives to a credential.</summary>
    /// <param name="issuance">The issuance.</param>
    /// <param name="index">The credential's place in it, from 0.</param>
    /// <param name="positions">The positions of its list. Default is to compute the one anew.</param>
    public bool IsOf(IssuanceStatement issuance, int index, Func<int, int>? positions = null)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        return List.MspId == issuance.MspId && List.List == issuance.StatusList
            && Index == StatusListOrder.PositionOf(issuance, index, positions);
    }

    /// <summary>Prepares what the entries of one issuance share.</summary>
    internal static CanonicalObject Prepare(StatusListRange range) => CanonicalObject.From(new JsonObject
    {
        ["type"] = TypeName,
        ["statusPurpose"] = StatusPurpose.Revocation,
        ["statusListCredential"] = range.Url,
    });

    /// <summary>Writes the entry of the credential at a position.</summary>
    internal static byte[] Write(CanonicalObject prepared, StatusListRange range, int position)
    {
        string index = position.ToString(CultureInfo.InvariantCulture);
        return prepared.WithAll(
            ("id", CanonicalJson.OfText($"{range.Url}#{index}")),
            ("statusListIndex", CanonicalJson.OfText(index))).ToArray();
    }

    /// <summary>Finds the place of a credential that was written here; credentials of the first version have none.
    /// </summary>
    internal static StatusListEntry? PlaceOf(CanonicalObject credential)
    {
        if (credential[CredentialVocabulary.StatusMember] is not { } written) return null;
        var entry = CanonicalObject.Split(written);
        return entry["statusListCredential"] is { } url && entry["statusListIndex"] is { } index
            && JsonSerializer.Deserialize<string>(url.Span) is { } address
            && StatusListName.TryReadUrl(address, out var list)
            && TryReadIndex(JsonSerializer.Deserialize<string>(index.Span) ?? "", out int position)
                ? new StatusListEntry(list!, address, position)
                : throw new FormatException("A stored credential lost its place in a status list.");
    }

    /// <summary>Reads the entry of a credential; credentials of the first version have none.</summary>
    internal static StatusListEntry? Read(JsonElement root, FaultCollector faults)
    {
        if (!root.TryGetProperty(CredentialVocabulary.StatusMember, out _)
            || faults.Object(root, "", CredentialVocabulary.StatusMember) is not { } entry)
            return null;

        // A member that is not known here, such as the size of an entry, could change what a bit says.
        if (entry.EnumerateObject().Any(member => !Names.Contains(member.Name)))
            faults.Add(Path, $"It may hold only {string.Join(", ", Names)}.");
        if (faults.Text(entry, Path, "type") is { Length: > 0 } type && type != TypeName)
            faults.Add(Path + "/type", $"It must be {TypeName}.");
        if (faults.Text(entry, Path, "statusPurpose") is { Length: > 0 } purpose && purpose != StatusPurpose.Revocation)
            faults.Add(Path + "/statusPurpose", $"It must be {StatusPurpose.Revocation}.");

        string index = faults.Text(entry, Path, "statusListIndex");
        bool isPosition = TryReadIndex(index, out int position);
        if (index.Length > 0 && !isPosition)
            faults.Add(Path + "/statusListIndex", $"It must be a number below {Limits.StatusListSize}, as a text.");
        string url = faults.Text(entry, Path, "statusListCredential");
        bool isList = StatusListName.TryReadUrl(url, out var list) && list!.Purpose == StatusPurpose.Revocation;
        if (!isList && url.Length > 0)
        {
            faults.Add(
                Path + "/statusListCredential",
                $"It must be a gateway's address, {StatusListName.Path}, and the name of a list of revocations.");
        }

        if (faults.Text(entry, Path, "id") is { Length: > 0 } id && id != $"{url}#{index}")
            faults.Add(Path + "/id", "It must be the list's address, # and the index.");
        return list is null ? null : new StatusListEntry(list, url, position);
    }

    private static bool TryReadIndex(string text, out int index) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index < Limits.StatusListSize
        && text == index.ToString(CultureInfo.InvariantCulture);
}
