using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>A public key of an institution with its life on the ledger.</summary>
public sealed record SigningKey
{
    /// <summary>The fragment that names the key below the institution's DID, such as <c>key-1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The key as a Multikey: <c>zDna…</c> (P-256) or <c>z6Mk…</c> (Ed25519).</summary>
    public required string PublicKeyMultibase { get; init; }

    /// <summary>
    /// The key's other half, of ML-DSA-44, as a Multikey (<c>ukC…</c>); none of a key without. Statements are signed
    /// by both halves, credentials by the elliptic one alone.
    /// </summary>
    public string? MlDsaMultibase { get; init; }

    /// <summary>Which key of the institution countersigned this one; see <see cref="KeyRatchet"/>.</summary>
    public string? CountersignedBy { get; init; }

    /// <summary>
    /// The signature of that key's half of ML-DSA-44 over the <see cref="KeyStatement"/>, base64url without padding:
    /// 2,420 bytes. It is kept, so that every reader can verify it.
    /// </summary>
    public string? Countersignature { get; init; }

    /// <summary>When the key was registered: the time of that transaction.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>
    /// When the key was withdrawn: the time of that transaction. Nothing is issued with it afterwards.
    /// </summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>
    /// From when on the key was in other hands, as its owner found out. What was anchored before stands, with a notice;
    /// what was anchored from then on does not.
    /// </summary>
    public DateTimeOffset? CompromisedSince { get; init; }

    /// <summary>Whether it signs the log's heads and nothing else; see <see cref="KeyPurpose"/>.</summary>
    [JsonIgnore]
    public bool IsForLog => KeyPurpose.IsForLog(Id);
}
