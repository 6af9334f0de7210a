using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Keys that stand in a DID itself: did:key and did:jwk.</summary>
internal static class DidKey
{
    private const string Key = "did:key:";
    private const string Jwk = "did:jwk:";
    private const int MaxLength = 1_000;

    /// <summary>Reads the key; nothing of another method, or of a kind of key that is not known here.</summary>
    public static PublicKey? Read(string did)
    {
        if (did.Length > MaxLength) return null;
        try
        {
            if (did.StartsWith(Key, StringComparison.Ordinal)) return Multikey.Parse(did[Key.Length..]);
            if (!did.StartsWith(Jwk, StringComparison.Ordinal)
                || !StrictBase64Url.TryDecode(Encoding.ASCII.GetBytes(did[Jwk.Length..]), out byte[] bytes))
                return null;
            using var jwk = JsonDocument.Parse(bytes);
            return JsonWebKey.Read(jwk.RootElement);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
