using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>A key that an issuer's tokens are signed with, and what they say of it. Thread-safe.</summary>
public sealed record TokenKey
{
    /// <summary>Names a key.</summary>
    /// <param name="signer">The key.</param>
    /// <param name="did">The issuer's DID.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    public TokenKey(IIssuerSigner signer, string did, string keyId)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentException.ThrowIfNullOrEmpty(did);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        (Signer, Did, KeyId) = (signer, did, keyId);
    }

    /// <summary>The key.</summary>
    public IIssuerSigner Signer { get; }

    /// <summary>The issuer's DID.</summary>
    public string Did { get; }

    /// <summary>The key's fragment below the DID.</summary>
    public string KeyId { get; }

    /// <summary>
    /// The key's certificates (<c>x5c</c>), DER in base64, the key's own first and without the root. Default is none.
    /// </summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>
    /// The address that SD-JWT VCs name as their issuer, <see cref="IssuerIdentity.UrlOf"/> of the DID: for readers
    /// that know no DIDs, and of <see cref="Certificates"/> the only name that they compare. Default is none: the DID.
    /// </summary>
    public string? IssuerUrl { get; init; }

    /// <summary>The key's name in tokens, <c>kid</c>.</summary>
    internal string Name => IssuerKeyName.Jwk(Did, KeyId);

    /// <summary>
    /// Signs a token that is no credential (RFC 7515, compact): a request to a wallet, or metadata. Its type keeps it
    /// apart from all others, since readers must look at that.
    /// </summary>
    /// <param name="type">The header's <c>typ</c>.</param>
    /// <param name="claims">The payload.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignAsync(
        string type, JsonObject claims, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(claims);
        return CompactJws.SignAsync(Signer, HeaderOf(type), CanonicalJson.Canonicalize(claims), cancellationToken);
    }

    /// <summary>Writes the header of the tokens of one type.</summary>
    internal byte[] HeaderOf(string type, string? contentType = null) =>
        CompactJws.Header(Signer.Algorithm, Name, type, contentType, Certificates);
}
