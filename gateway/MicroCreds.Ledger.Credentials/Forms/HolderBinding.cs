using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// The key that a credential is bound to: the claim <c>cnf</c> with a JSON Web Key (RFC 7800), a term of the W3C's
/// context. It is a member of the credential in every form, and so inside the leaf: a claim of the token alone could be
/// given to another holder's key by whoever stole the issuer's.
/// </summary>
internal static class HolderBinding
{
    /// <summary>The member.</summary>
    public const string Member = "cnf";

    private const string KeyMember = "jwk";

    /// <summary>Says what is wrong with a key that a credential is to be bound to; nothing if it is good.</summary>
    public static string? FaultOf(JsonElement jwk)
    {
        try
        {
            JsonWebKey.Read(jwk);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>Writes the member of a credential: the key alone, without what its maker noted about it.</summary>
    /// <param name="multikey">The key.</param>
    /// <exception cref="FormatException">It is no usable key.</exception>
    public static JsonObject Of(string multikey) => new() { [KeyMember] = JsonWebKey.Of(Multikey.Parse(multikey)) };

    /// <summary>Reads the member; none if the credential is bound to no key.</summary>
    public static PublicKey? Read(JsonElement credential, FaultCollector faults)
    {
        if (!credential.TryGetProperty(Member, out var binding)) return null;
        try
        {
            if (binding.ValueKind == JsonValueKind.Object && binding.EnumerateObject().Count() == 1
                && binding.TryGetProperty(KeyMember, out var jwk))
                return JsonWebKey.Read(jwk);
            faults.Add("/" + Member, $"It must be an object with {KeyMember} alone: no other binding is known.");
        }
        catch (FormatException e)
        {
            faults.Add("/" + Member, e.Message);
        }

        return null;
    }
}
