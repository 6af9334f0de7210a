namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The member <c>ledgerAnchor</c> of a credential: where on which ledger it is anchored, and the proof of it.
/// </summary>
public sealed record LedgerAnchorDocument
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "LedgerAnchor";

    /// <summary>The kind of anchor.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel.</summary>
    public required string Ledger { get; init; }

    /// <summary>The issuing institution.</summary>
    public required string MspId { get; init; }

    /// <summary>The Merkle root, 64 lower-case hexadecimal digits.</summary>
    public required string Root { get; init; }

    /// <summary>The credential's index in the tree, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The number of leaves.</summary>
    public required int Size { get; init; }

    /// <summary>The inclusion proof, from the leaf upwards: 64 lower-case hexadecimal digits each.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>
    /// The transaction that anchored it. Verifiers go by the root; one that has the leaf of the log refuses another.
    /// </summary>
    public string? TransactionId { get; init; }

    /// <summary>The institution's key that signed the issuance and signs the credential.</summary>
    public required string KeyId { get; init; }
}
