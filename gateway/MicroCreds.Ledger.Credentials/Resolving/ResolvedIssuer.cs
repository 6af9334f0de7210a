using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Resolving;

/// <summary>An issuer as its own web site describes it.</summary>
/// <param name="Did">The DID.</param>
/// <param name="Keys">Its keys, as far as they are of kinds that we know.</param>
public sealed record ResolvedIssuer(string Did, IReadOnlyList<ResolvedKey> Keys)
{
    /// <summary>Finds the key that a credential names.</summary>
    public ResolvedKey? FindKey(ReadCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var proof = credential.Proof;
        string id = credential.Form == CredentialForm.DataIntegrity
            ? IssuerKeyName.Multikey(proof.Did, proof.KeyId)
            : IssuerKeyName.Jwk(proof.Did, proof.KeyId);
        return Keys.FirstOrDefault(key => key.Id == id);
    }
}

/// <summary>A key in a DID document.</summary>
/// <param name="Id">Its DID URL.</param>
/// <param name="Key">The key.</param>
/// <param name="IsForAssertions">Whether credentials may be signed with it.</param>
/// <param name="Revoked">Since when it must not be trusted; absent while it may.</param>
/// <param name="Expires">Until when it may be used; absent if that is open.</param>
public sealed record ResolvedKey(
    string Id, PublicKey Key, bool IsForAssertions, DateTimeOffset? Revoked, DateTimeOffset? Expires)
{
    /// <summary>
    /// Tells whether a signature can be trusted by what the document says. One of a withdrawn key cannot, whenever it
    /// says it was made: that it was made before the withdrawal, only the ledger knows.
    /// </summary>
    /// <param name="now">The time.</param>
    public bool IsTrustedAt(DateTimeOffset now) => IsForAssertions && !(now >= Revoked) && !(now >= Expires);
}
