using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// The key that a credential is bound to: the claim <c>cnf</c> with a JSON Web Key (RFC 7800), a term of the W3C's
/// context. Where a credential is issued to a key it is a member of the credential in every form, and so inside the
/// leaf: a claim of the token alone could be given to another holder's key by whoever stole the issuer's. A credential
/// that is issued to no key can be presented by whoever has it; when a wallet fetches it, the token alone binds it, and
/// says so. That takes nothing away from it, and others' verifiers can ask the wallet for its proof.
/// </summary>
internal static class HolderBinding
{
    /// <summary>The member.</summary>
    public const string Member = "cnf";

    /// <summary>The claim of a token that says what binds it, if the leaf does not.</summary>
    public const string ByMember = "boundBy";

    private const string Token = "token";
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

    /// <summary>Binds a token to a key, where there is one.</summary>
    /// <exception cref="FormatException">The credential is bound to a key already.</exception>
    public static CanonicalObject AddToToken(CanonicalObject claims, PublicKey? holder)
    {
        if (holder is null) return claims;
        if (claims[Member] is not null)
            throw new FormatException("The credential is bound to a key: no token can bind it to another.");
        return claims.With(Member, CanonicalJson.Canonicalize(Of(holder.PublicKeyMultibase)))
            .With(ByMember, Token);
    }

    /// <summary>
    /// Takes out of a token's members the key that the token alone binds: it is not the credential's, and no part of
    /// the leaf.
    /// </summary>
    /// <param name="token">The token's payload.</param>
    /// <param name="members">The members that are the credential's, as far as it is known.</param>
    /// <param name="faults">What notes every fault.</param>
    /// <returns>The members without it, and the key; none if the token binds none.</returns>
    public static (CanonicalObject Members, PublicKey? Key) TakeOfToken(
        JsonElement token, CanonicalObject members, FaultCollector faults)
    {
        if (!token.TryGetProperty(ByMember, out var by)) return (members, null);
        if (by.ValueKind != JsonValueKind.String || !by.ValueEquals(Token))
            faults.Add("/" + ByMember, $"It must be {Token}.");
        if (!token.TryGetProperty(Member, out _))
            faults.Add("/" + Member, $"It is missing, and {ByMember} says that the token binds a key.");
        return (members.Without(ByMember).Without(Member), Read(token, faults));
    }

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
