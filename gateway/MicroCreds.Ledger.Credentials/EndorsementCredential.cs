using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Writes an Open Badges EndorsementCredential: what one institution vouches for of another.</summary>
public sealed record EndorsementCredential
{
    private static readonly byte[] Contexts = CanonicalJson.Canonicalize(
        new JsonArray(CredentialVocabulary.CredentialsContext, CredentialVocabulary.OpenBadgesContext));

    /// <summary>The identifier, an address.</summary>
    public required string Id { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>The DID of who endorses.</summary>
    public required string Issuer { get; init; }

    /// <summary>Its name.</summary>
    public required string IssuerName { get; init; }

    /// <summary>The DIDs of those who are endorsed, with what is said of each.</summary>
    public required IReadOnlyList<(string Did, string Comment)> Endorsed { get; init; }

    /// <summary>From when on it holds.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>Until when; none is without an end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Writes and signs the document, as canonical JSON.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyId">Its fragment below the issuer's DID.</param>
    /// <param name="created">When it is signed.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignAsync(
        IIssuerSigner key, string keyId, DateTimeOffset created, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        return DataIntegrity.SignAsync(
            CanonicalObject.From(Document()), key, $"{Issuer}#{keyId}", created, cancellationToken);
    }

    private JsonObject Document()
    {
        JsonObject[] subjects =
        [
            .. Endorsed.Select(one => new JsonObject
            {
                ["id"] = one.Did,
                ["type"] = new JsonArray("EndorsementSubject"),
                ["endorsementComment"] = one.Comment,
            }),
        ];
        var document = new JsonObject
        {
            ["@context"] = JsonNode.Parse(Contexts),
            ["id"] = Id,
            ["type"] = new JsonArray("VerifiableCredential", "EndorsementCredential"),
            ["name"] = Name,
            ["issuer"] = new JsonObject
            {
                ["id"] = Issuer,
                ["type"] = new JsonArray("Profile"),
                ["name"] = IssuerName,
            },
            ["validFrom"] = CredentialTime.Write(ValidFrom),

            // Open Badges takes one subject; who endorses several says it of each, which the data model takes.
            ["credentialSubject"] = subjects.Length == 1 ? subjects[0] : new JsonArray([.. subjects]),
        };
        if (ValidUntil is { } until) document["validUntil"] = CredentialTime.Write(until);
        return document;
    }
}
