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
    /// What the key is for: <see cref="KeyPurpose.Log"/>; default is statements and credentials. A contract that knows
    /// of no purposes refuses it, rather than take a key of the log for one that may issue.
    /// </summary>
    public string? Purpose { get; init; }
}

/// <summary>
/// Withdraws a key. Sent by the institution's registrar; the key itself need not be at hand any more.
/// </summary>
/// <param name="KeyId">The key to withdraw.</param>
/// <param name="CompromisedSince">From when on it was in other hands; none for an ordinary rotation.</param>
public sealed record KeyRevocation(string KeyId, DateTimeOffset? CompromisedSince = null);
