using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The type of our SD-JWT VCs: its names, and what wallets show of it (SD-JWT VC Type Metadata). Thread-safe.
/// </summary>
/// <remarks>
/// The claim <c>vct</c> is an address at the issuer's gateway, since nothing else can be fetched; <c>aka_vcts</c> has
/// the name that all institutions share, which verifiers ask for.
/// </remarks>
public static class CredentialType
{
    /// <summary>The name that the type has with every institution.</summary>
    public const string Name = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#MicroCredential";

    /// <summary>The path at a gateway. The last part is the version: tokens hold the digest of what lies
    /// there.</summary>
    public const string Path = "/credential-types/micro-credential/1";

    private const string Prefix = "sha256-";

    // Tokens commit to these bytes: a change is a new version beside this one, never an edit.
    private static readonly CanonicalObject Metadata = CanonicalObject.From(JsonNode.Parse(
        """
        {
          "name": "Micro-credential",
          "description": "A micro-credential of a consortium of institutions, an Open Badge 3.0 by its content.",
          "display": [
            { "locale": "en", "name": "Micro-credential",
              "description": "Certifies what its holder learned in a short learning experience." },
            { "locale": "de", "name": "Micro-Credential",
              "description": "Bescheinigt, was jemand in einer kurzen Lerneinheit gelernt hat." }
          ],
          "claims": [
            { "path": ["name"], "sd": "never", "mandatory": true, "display": [
              { "locale": "en", "label": "Title" }, { "locale": "de", "label": "Titel" }] },
            { "path": ["issuer", "name"], "sd": "never", "mandatory": true, "display": [
              { "locale": "en", "label": "Awarded by" }, { "locale": "de", "label": "Verliehen von" }] },
            { "path": ["awardedDate"], "sd": "never", "mandatory": true, "display": [
              { "locale": "en", "label": "Awarded on" }, { "locale": "de", "label": "Verliehen am" }] },
            { "path": ["validUntil"], "sd": "never", "display": [
              { "locale": "en", "label": "Valid until" }, { "locale": "de", "label": "Gültig bis" }] },
            { "path": ["credentialSubject", "name"], "sd": "always", "display": [
              { "locale": "en", "label": "Awarded to" }, { "locale": "de", "label": "Verliehen an" }] },
            { "path": ["credentialSubject", "id"], "sd": "always", "display": [
              { "locale": "en", "label": "Learner's identifier" },
              { "locale": "de", "label": "Kennung der Person" }] },
            { "path": ["credentialSubject", "identifier"], "sd": "always", "display": [
              { "locale": "en", "label": "Hashed identity" },
              { "locale": "de", "label": "Identität als Prüfsumme" }] },
            { "path": ["credentialSubject", "result"], "sd": "always", "display": [
              { "locale": "en", "label": "Result" }, { "locale": "de", "label": "Ergebnis" }] },
            { "path": ["credentialSubject", "creditsEarned"], "sd": "never", "display": [
              { "locale": "en", "label": "Credits" }, { "locale": "de", "label": "Leistungspunkte" }] },
            { "path": ["credentialSubject", "achievement", "name"], "sd": "never", "mandatory": true, "display": [
              { "locale": "en", "label": "Achievement" }, { "locale": "de", "label": "Leistung" }] },
            { "path": ["credentialSubject", "achievement", "description"], "sd": "never", "display": [
              { "locale": "en", "label": "Description" }, { "locale": "de", "label": "Beschreibung" }] },
            { "path": ["credentialSubject", "achievement", "criteria", "narrative"], "sd": "never", "display": [
              { "locale": "en", "label": "Criteria" }, { "locale": "de", "label": "Anforderungen" }] },
            { "path": ["evidence"], "sd": "always", "display": [
              { "locale": "en", "label": "Evidence" }, { "locale": "de", "label": "Nachweise" }] }
          ]
        }
        """)!.AsObject());

    /// <summary>Gives the address at a gateway, the claim <c>vct</c>.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    public static string UrlAt(string gateway) => gateway + Path;

    /// <summary>Writes what lies at that address, as canonical JSON.</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    public static byte[] MetadataAt(string gateway) => Metadata.With("vct", UrlAt(gateway)).ToArray();

    /// <summary>Gives its digest, the claim <c>vct#integrity</c> (W3C Subresource Integrity).</summary>
    /// <param name="gateway">The gateway's public address, without a slash at its end.</param>
    public static string IntegrityAt(string gateway) =>
        Prefix + Convert.ToBase64String(SHA256.HashData(MetadataAt(gateway)));
}
