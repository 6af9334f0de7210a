namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>
/// Names a status list: <c>institution~list~purpose</c>, the last part of its address at every member's gateway.
/// </summary>
/// <param name="MspId">The institution that issued the credentials.</param>
/// <param name="List">The list's name in the institution's issuances.</param>
/// <param name="Purpose">One of <see cref="StatusPurpose"/>.</param>
public sealed record StatusListName(string MspId, string List, string Purpose)
{
    /// <summary>The path of status lists at a gateway.</summary>
    public const string Path = "/v1/status-lists/";

    private const char Separator = '~';

    /// <summary>Gives the address of the list at a gateway.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    public string UrlAt(string gateway) => gateway + Path + Uri.EscapeDataString(ToString());

    /// <summary>Reads a name. The institution's own may hold the separator, the others never do.</summary>
    public static bool TryParse(string text, out StatusListName? name)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = null;
        int last = text.LastIndexOf(Separator);
        int first = last > 0 ? text.LastIndexOf(Separator, last - 1) : -1;
        if (first < 1 || last == first + 1) return false;

        string purpose = text[(last + 1)..];
        if (purpose is not (StatusPurpose.Revocation or StatusPurpose.Suspension or StatusPurpose.Any)) return false;
        name = new StatusListName(text[..first], text[(first + 1)..last], purpose);
        return true;
    }

    /// <summary>Reads the name out of a list's address, at whichever gateway.</summary>
    public static bool TryReadUrl(string url, out StatusListName? name)
    {
        name = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
            return false;

        int slash = url.LastIndexOf('/');
        return url[..(slash + 1)].EndsWith(Path, StringComparison.Ordinal)
            && TryParse(Uri.UnescapeDataString(url[(slash + 1)..]), out name);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(Separator, MspId, List, Purpose);
}

/// <summary>What a status list says of those whose bit is set.</summary>
public static class StatusPurpose
{
    /// <summary>Withdrawn for good.</summary>
    public const string Revocation = "revocation";

    /// <summary>Not to be relied on for now.</summary>
    public const string Suspension = "suspension";

    /// <summary>Whichever it is: what the lists of tokens say (IETF Token Status List).</summary>
    public const string Any = "any";
}
