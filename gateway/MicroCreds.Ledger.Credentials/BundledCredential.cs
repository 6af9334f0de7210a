using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Takes the credential out of an offline bundle: who can ask the ledger needs nothing else of the bundle.
/// </summary>
public static class BundledCredential
{
    private const string BundleType = "OfflineBundle";

    /// <summary>Gives the credential, or nothing if the document is no bundle, or one that holds none.</summary>
    public static byte[]? Find(JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object
            || !document.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String || type.GetString() != BundleType
            || !document.TryGetProperty("credential", out var credential))
            return null;

        // A bundle within a bundle would be unpacked for ever.
        return credential.ValueKind switch
        {
            JsonValueKind.String => Encoding.UTF8.GetBytes(credential.GetString()!),
            JsonValueKind.Object when Find(credential) is null => Encoding.UTF8.GetBytes(credential.GetRawText()),
            _ => null,
        };
    }
}
