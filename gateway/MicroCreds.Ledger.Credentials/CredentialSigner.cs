using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Completes credentials with their anchor and a Data Integrity proof: <c>ecdsa-jcs-2019</c> for P-256 keys,
/// <c>eddsa-jcs-2022</c> for Ed25519. Thread-safe: one signer serves all cores.
/// </summary>
public sealed class CredentialSigner
{
    private readonly IIssuerSigner _key;
    private readonly CredentialProof _proof;

    /// <summary>Prepares what the proofs of one issuance share.</summary>
    /// <param name="key">
    /// The issuer's key: the one that anchored the issuance, or one that is in force when the proof is made.
    /// </param>
    /// <param name="did">The issuer's DID, as the credentials have it.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    /// <param name="created">The proofs' time, kept to whole seconds: the credentials' validFrom.</param>
    public CredentialSigner(IIssuerSigner key, string did, string keyId, DateTimeOffset created)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _proof = new CredentialProof(key.Algorithm, did, keyId, created);
    }

    /// <summary>Adds anchor and proof, and gives the finished document as canonical JSON.</summary>
    public ValueTask<byte[]> CompleteAsync(
        UnsignedCredential credential, LedgerAnchorDocument anchor, CancellationToken cancellationToken = default) =>
        _proof.CompleteAsync(credential, anchor, _key, cancellationToken);

    /// <summary>Gives the signature alone, for <see cref="CredentialProof"/> to attach.</summary>
    public ValueTask<byte[]> SignAsync(
        UnsignedCredential credential, LedgerAnchorDocument anchor, CancellationToken cancellationToken = default) =>
        _key.SignAsync(_proof.BytesToSign(credential, anchor), cancellationToken);

    /// <summary>
    /// Completes one credential; takes DID and time from the credential (<c>issuer.id</c>, <c>validFrom</c>) and the
    /// key's name from the anchor.
    /// </summary>
    /// <exception cref="FormatException">The credential lacks these.</exception>
    public static async ValueTask<JsonObject> CompleteAsync(
        JsonObject credential, LedgerAnchorDocument anchor, IIssuerSigner key)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(anchor);
        if ((credential["issuer"] as JsonObject)?["id"]?.GetValueKind() != JsonValueKind.String
            || credential["validFrom"]?.GetValueKind() != JsonValueKind.String
            || !CredentialTime.TryRead(credential["validFrom"]!.GetValue<string>(), out var validFrom))
        {
            throw new FormatException("A credential to be completed needs issuer.id and validFrom.");
        }

        var signer = new CredentialSigner(
            key, credential["issuer"]!["id"]!.GetValue<string>(), anchor.KeyId, validFrom);
        var unsigned = UnsignedCredential.FromCanonical(CanonicalJson.Canonicalize(credential));
        return JsonNode.Parse(await signer.CompleteAsync(unsigned, anchor).ConfigureAwait(false))!.AsObject();
    }
}
