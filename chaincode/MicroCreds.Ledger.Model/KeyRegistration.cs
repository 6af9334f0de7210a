using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>What a new key signs about itself, so that nobody registers a key that is not in its own hands.</summary>
public sealed record KeyStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Key";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => true;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The institution that registers the key.</summary>
    public required string MspId { get; init; }

    /// <summary>The fragment that will name the key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public key as a Multikey.</summary>
    public required string PublicKeyMultibase { get; init; }

    /// <summary>
    /// Its half of ML-DSA-44 as a Multikey; none for a key without. Then the statement is signed by both halves.
    /// </summary>
    public string? MlDsaMultibase { get; init; }

    /// <summary>
    /// The key whose half of ML-DSA-44 countersigns; none for the first key with such a half. Its signature of 2,420
    /// bytes stands behind those of the new key.
    /// </summary>
    public string? CountersignedBy { get; init; }

    /// <summary>
    /// What the key is for: <see cref="KeyPurpose.Log"/>; default is statements and credentials. A contract that knows
    /// of no purposes refuses it, rather than take a key of the log for one that may issue.
    /// </summary>
    public string? Purpose { get; init; }

    /// <summary>The length of the statement's signature, in bytes.</summary>
    [JsonIgnore]
    public int SignatureLength => PublicKey.SignatureLength
        + (MlDsaMultibase is null ? 0 : MlDsaKey.SignatureLength)
        + (CountersignedBy is null ? 0 : MlDsaKey.SignatureLength);

    /// <summary>Returns what was signed when a key was registered.</summary>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="mspId">Whose key it is.</param>
    /// <param name="key">The key as the ledger has it.</param>
    public static KeyStatement Of(string ledger, string mspId, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new KeyStatement
        {
            Ledger = ledger,
            MspId = mspId,
            KeyId = key.Id,
            PublicKeyMultibase = key.PublicKeyMultibase,
            MlDsaMultibase = key.MlDsaMultibase,
            CountersignedBy = key.CountersignedBy,
            Purpose = key.IsForLog ? KeyPurpose.Log : null,
        };
    }
}

/// <summary>
/// Withdraws a key. Sent by the institution's registrar; the key itself need not be at hand any more.
/// </summary>
/// <param name="KeyId">The key to withdraw.</param>
/// <param name="CompromisedSince">From when on it was in other hands; none for an ordinary rotation.</param>
public sealed record KeyRevocation(string KeyId, DateTimeOffset? CompromisedSince = null);
