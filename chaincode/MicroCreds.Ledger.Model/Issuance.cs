namespace MicroCreds.Ledger.Model;

/// <summary>
/// What an institution signs to issue one or up to <see cref="Limits.MaxIssuanceSize"/> credentials: the root of the
/// Merkle tree over their salted hashes.
/// </summary>
public sealed record IssuanceStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Issuance";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => true;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for: it cannot be replayed on another ledger.</summary>
    public required string Ledger { get; init; }

    /// <summary>The issuing institution.</summary>
    public required string MspId { get; init; }

    /// <summary>
    /// The Merkle root (RFC 9162, SHA-256), 64 lower-case hexadecimal digits; also the issuance's identifier.
    /// </summary>
    public required string Root { get; init; }

    /// <summary>The number of credentials.</summary>
    public required int Size { get; init; }

    /// <summary>The achievements that the credentials attest, each once, sorted by identifier and version.</summary>
    public required IReadOnlyList<AchievementReference> Achievements { get; init; }

    /// <summary>The institution's key that signs.</summary>
    public required string KeyId { get; init; }

    /// <summary>The status list that the credentials share with others.</summary>
    public required string StatusList { get; init; }

    /// <summary>The position of the first credential in that list.</summary>
    public required int StatusOffset { get; init; }

    /// <summary>Finds what a credential of it attests; null if it attests none such.</summary>
    /// <param name="named">What the credential says; null means the only one, if there is one only.</param>
    public AchievementReference? FindAttested(AchievementReference? named) =>
        named is null ? (Achievements.Count == 1 ? Achievements[0] : null)
            : Achievements.Contains(named) ? named : null;
}

/// <summary>The ledger's record of an issuance.</summary>
public sealed record Issuance
{
    /// <summary>What the issuer signed.</summary>
    public required IssuanceStatement Statement { get; init; }

    /// <summary>The issuer's signature of the canonical statement, base64url without padding.</summary>
    public required string Signature { get; init; }

    /// <summary>The transaction's own time.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The transaction that wrote the record.</summary>
    public required string TransactionId { get; init; }
}
