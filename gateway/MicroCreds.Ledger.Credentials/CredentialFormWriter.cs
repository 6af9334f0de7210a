using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Writes finished credentials in their further forms, which carry the same content and lead to the same anchor.
/// Thread-safe: one writer serves all cores.
/// </summary>
public sealed class CredentialFormWriter
{
    private readonly TokenKey _key;
    private readonly byte[] _vcJwtHeader;
    private readonly byte[] _sdJwtHeader;

    /// <summary>Prepares what the tokens of one key share.</summary>
    /// <param name="key">A key of the issuer.</param>
    /// <param name="did">The issuer's DID.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    public CredentialFormWriter(IIssuerSigner key, string did, string keyId)
        : this(new TokenKey(key, did, keyId))
    {
    }

    /// <summary>Likewise, with what else its tokens say of the key.</summary>
    /// <param name="key">The key.</param>
    public CredentialFormWriter(TokenKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _vcJwtHeader = key.HeaderOf(TokenClaims.VcJwtType, TokenClaims.VcJwtContentType);
        _sdJwtHeader = key.HeaderOf(TokenClaims.SdJwtType);
    }

    /// <summary>Writes a credential as a VC-JWT.</summary>
    /// <param name="document">The document with its anchor, with a proof or without.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public ValueTask<byte[]> WriteVcJwtAsync(
        ReadOnlyMemory<byte> document, CancellationToken cancellationToken = default) =>
        WriteBoundVcJwtAsync(document, holder: null, cancellationToken);

    /// <summary>Writes a credential as a VC-JWT, bound to a key by the token alone.</summary>
    /// <param name="document">The document with its anchor, with a proof or without.</param>
    /// <param name="holder">The key, where the credential is bound to none itself; null binds it to none.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">It is not that, or is bound to a key already.</exception>
    public ValueTask<byte[]> WriteBoundVcJwtAsync(
        ReadOnlyMemory<byte> document, PublicKey? holder, CancellationToken cancellationToken)
    {
        var credential = CanonicalObject.Split(document).Without(CredentialVocabulary.ProofMember);
        var claims = HolderBinding.AddToToken(TokenClaims.AddToVcJwt(credential), holder);
        return CompactJws.SignAsync(_key.Signer, _vcJwtHeader, claims.ToArray(), cancellationToken);
    }

    /// <summary>
    /// Writes a credential as an SD-JWT VC with all its disclosures: the learner takes away what is not to be shown.
    /// </summary>
    /// <param name="document">The document with its anchor, with a proof or without.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public ValueTask<byte[]> WriteSdJwtAsync(
        ReadOnlyMemory<byte> document, CancellationToken cancellationToken = default) =>
        WriteBoundSdJwtAsync(document, holder: null, cancellationToken);

    /// <summary>
    /// Writes a credential as an SD-JWT VC with all its disclosures, bound to a key by the token alone.
    /// </summary>
    /// <param name="document">The document with its anchor, with a proof or without.</param>
    /// <param name="holder">The key, where the credential is bound to none itself; null binds it to none.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">It is not that, or is bound to a key already.</exception>
    public async ValueTask<byte[]> WriteBoundSdJwtAsync(
        ReadOnlyMemory<byte> document, PublicKey? holder, CancellationToken cancellationToken)
    {
        var credential = CanonicalObject.Split(document).Without(CredentialVocabulary.ProofMember);
        var anchor = credential[CredentialVocabulary.AnchorMember]
            ?? throw new FormatException("A credential that is not anchored has no further forms.");
        var (members, disclosures) = SealedCredential.Of(credential.Without(CredentialVocabulary.AnchorMember));
        var claims = HolderBinding.AddToToken(
            TokenClaims.AddToSdJwt(members, _key.IssuerUrl).With(CredentialVocabulary.AnchorMember, anchor), holder);
        byte[] token = await CompactJws.SignAsync(_key.Signer, _sdJwtHeader, claims.ToArray(), cancellationToken)
            .ConfigureAwait(false);
        var text = new List<byte>(token) { CredentialForms.DisclosureSeparator };
        foreach (byte[] disclosure in disclosures)
        {
            text.AddRange(disclosure);
            text.Add(CredentialForms.DisclosureSeparator);
        }

        return [.. text];
    }

    /// <summary>The key that a credential is bound to in its leaf; null if it is bound to none.</summary>
    /// <param name="document">The document with its anchor, with a proof or without.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static PublicKey? HolderKeyOf(ReadOnlyMemory<byte> document)
    {
        using var json = JsonDocument.Parse(document);
        return HolderBinding.Read(json.RootElement, new FaultCollector());
    }
}
