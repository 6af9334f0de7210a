using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>Writes a BitstringStatusListCredential: a status list, signed by who vouches for it.</summary>
public sealed record StatusListCredential
{
    /// <summary>The context, the only one.</summary>
    internal static readonly byte[] Contexts =
        CanonicalJson.Canonicalize(new JsonArray(CredentialVocabulary.CredentialsContext));

    /// <summary>The fragment of the list itself, below the credential's address.</summary>
    internal const string SubjectFragment = "#list";

    internal const string CredentialType = "BitstringStatusListCredential";
    internal const string SubjectType = "BitstringStatusList";

    /// <summary>The list's address, which is also its identifier.</summary>
    public required string Url { get; init; }

    /// <summary>One of <see cref="StatusPurpose"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The DID of who signs.</summary>
    public required string Issuer { get; init; }

    /// <summary>When it was made, kept to whole seconds.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>Until when it may be relied on, kept to whole seconds.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>For how long after it was fetched it may be relied on.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>The list.</summary>
    public required Bitstring Bits { get; init; }

    /// <summary>Writes and signs the document, as canonical JSON.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyId">Its fragment below the issuer's DID.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignAsync(
        IIssuerSigner key, string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        return DataIntegrity.SignAsync(
            CanonicalObject.From(Document()), key, $"{Issuer}#{keyId}", ValidFrom, cancellationToken);
    }

    /// <summary>Writes and signs the document as a VC-JWT, for readers that know no Data Integrity.</summary>
    /// <param name="key">The issuer's key.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignVcJwtAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var claims = Document();
        claims["iss"] = Issuer;
        claims["jti"] = Url;
        claims["sub"] = Url + SubjectFragment;
        claims["iat"] = ValidFrom.ToUnixTimeSeconds();
        claims["nbf"] = ValidFrom.ToUnixTimeSeconds();
        claims["exp"] = ValidUntil.ToUnixTimeSeconds();
        return CompactJws.SignAsync(
            key.Signer, key.HeaderOf(TokenClaims.VcJwtType, TokenClaims.VcJwtContentType),
            CanonicalJson.Canonicalize(claims), cancellationToken);
    }

    private JsonObject Document() => new()
    {
        ["@context"] = JsonNode.Parse(Contexts),
        ["id"] = Url,
        ["type"] = new JsonArray("VerifiableCredential", CredentialType),
        ["issuer"] = Issuer,
        ["validFrom"] = CredentialTime.Write(ValidFrom),
        ["validUntil"] = CredentialTime.Write(ValidUntil),
        ["credentialSubject"] = new JsonObject
        {
            ["id"] = Url + SubjectFragment,
            ["type"] = SubjectType,
            ["statusPurpose"] = Purpose,
            ["ttl"] = (long)TimeToLive.TotalMilliseconds,
            ["encodedList"] = Bits.Encode(),
        },
    };
}
