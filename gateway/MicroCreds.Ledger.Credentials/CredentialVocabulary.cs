using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>The contexts, terms and names that our credentials use.</summary>
public static class CredentialVocabulary
{
    /// <summary>The context of the W3C data model, always the first.</summary>
    public const string CredentialsContext = "https://www.w3.org/ns/credentials/v2";

    /// <summary>The context of Open Badges, always the second.</summary>
    public const string OpenBadgesContext = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

    /// <summary>The member that holds the anchor; outside the leaf.</summary>
    public const string AnchorMember = "ledgerAnchor";

    /// <summary>The member that holds the proofs; outside leaf and signature.</summary>
    public const string ProofMember = "proof";

    /// <summary>The member that names a place in a status list; inside the leaf.</summary>
    public const string StatusMember = "credentialStatus";

    /// <summary>The member that keeps a leaf from being guessed.</summary>
    public const string SaltMember = "leafSalt";

    /// <summary>The number of random bytes in a salt.</summary>
    public const int SaltBytes = 16;

    /// <summary>The prefix of a credential's identifier.</summary>
    public const string IdPrefix = "urn:uuid:";

    /// <summary>
    /// Our own terms, the third context: published by every gateway, and inline in documents of the first version.
    /// Terms that schema.org has carry its names; the rest lie below a UUID, which needs no domain that could be lost.
    /// The text is part of every hash and signature: a change is a new context beside this one, never an edit.
    /// </summary>
    private const string Terms =
        """
        {
          "@protected": true,
          "mc": "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#",
          "assessmentSupervision": "mc:assessmentSupervision",
          "assessmentType": "mc:assessmentType",
          "creditSystem": "mc:creditSystem",
          "furtherInformation": "mc:furtherInformation",
          "jti": "https://www.iana.org/assignments/jwt#jti",
          "leafSalt": "mc:leafSalt",
          "learningOutcome": { "@id": "https://schema.org/teaches", "@container": "@list" },
          "ledgerAnchor": "mc:ledgerAnchor",
          "LedgerAnchor": {
            "@id": "mc:LedgerAnchor",
            "@context": {
              "@protected": true,
              "type": "@type",
              "index": "mc:index",
              "keyId": "mc:keyId",
              "ledger": "mc:ledger",
              "mspId": "mc:mspId",
              "path": { "@id": "mc:path", "@container": "@list" },
              "root": "mc:root",
              "size": "mc:size",
              "transactionId": "mc:transactionId"
            }
          },
          "participationForm": "https://schema.org/courseMode",
          "prerequisites": "https://schema.org/coursePrerequisites",
          "qualityAssurance": "mc:qualityAssurance",
          "stackability": "mc:stackability",
          "stacksInto": "mc:stacksInto",
          "workloadHours": "mc:workloadHours"
        }
        """;

    /// <summary>
    /// The contexts that the proof of a document of the first version covers, as canonical JSON. The suites let a
    /// secured document have further contexts behind those of its proof, and our inline one is such: Digital Bazaar's
    /// verifier compares contexts by identity, and would refuse an object among those of the proof. The leaf covers all
    /// three, and readers of ours take no others; but that verifier takes a changed one, so that later versions name
    /// the <see cref="PublishedContext"/>, which their proofs cover.
    /// </summary>
    internal static readonly byte[] SignedContexts = CanonicalJson.Canonicalize(
        new JsonArray(CredentialsContext, OpenBadgesContext));

    /// <summary>The value of <c>@context</c> in every document of the first version, as canonical JSON.</summary>
    internal static readonly byte[] Contexts = CanonicalJson.Canonicalize(
        new JsonArray(CredentialsContext, OpenBadgesContext, OwnTerms()));

    /// <summary>Our own terms, as a context.</summary>
    internal static JsonNode OwnTerms() => JsonNode.Parse(Terms)!;

    /// <summary>Names an achievement on a credential: a DID URL below its issuer's DID.</summary>
    public static string AchievementUrl(string did, string id, int version) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{did}/achievements/{id}/{version}");
}
