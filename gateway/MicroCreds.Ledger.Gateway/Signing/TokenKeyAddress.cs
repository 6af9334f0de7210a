namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>
/// The address of a key in the token: <c>pkcs11:object=LABEL</c>, which is a PKCS#11 URI (RFC 7512) with its object
/// alone. Token, library and PIN have settings of their own.
/// </summary>
internal static class TokenKeyAddress
{
    private const string ObjectAttribute = "object=";

    /// <summary>Reads the key's label; empty if the address names none.</summary>
    public static string LabelOf(string address)
    {
        string path = address[KeyPlaceOptions.TokenScheme.Length..];
        return path.StartsWith(ObjectAttribute, StringComparison.Ordinal) && path.IndexOfAny([';', '?', '&']) < 0
            ? Uri.UnescapeDataString(path[ObjectAttribute.Length..])
            : "";
    }
}
