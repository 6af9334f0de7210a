namespace MicroCreds.Ledger.Model;

/// <summary>What an institution signs to suspend, reinstate or revoke one of its credentials.</summary>
public sealed record StatusStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Status";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => State is not (CredentialState.Suspended or CredentialState.Revoked);

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The issuing institution.</summary>
    public required string MspId { get; init; }

    /// <summary>The issuance that the credential belongs to.</summary>
    public required string Root { get; init; }

    /// <summary>The credential's index in the tree, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>One more than the number of statements before it about this credential: none can be replayed.</summary>
    public required int Sequence { get; init; }

    /// <summary>The state from now on, one of <see cref="CredentialState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The reason, one of <see cref="StatusReason"/>; none when reinstated.</summary>
    public string? Reason { get; init; }

    /// <summary>The credential that replaces this one; only with the reason <c>superseded</c>.</summary>
    public CredentialReference? ReplacedBy { get; init; }

    /// <summary>The institution's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>Names a credential by its place on the ledger and by its own opaque identifier.</summary>
/// <param name="Root">The issuance's root.</param>
/// <param name="Index">The index in its tree.</param>
/// <param name="Id">The credential's identifier, <c>urn:uuid:…</c> of a random UUID.</param>
public sealed record CredentialReference(string Root, int Index, string Id);

/// <summary>The ledger's record of a credential's status; without one the credential is in force.</summary>
public sealed record Status
{
    /// <summary>What the issuer signed.</summary>
    public required StatusStatement Statement { get; init; }

    /// <summary>The issuer's signature of the canonical statement, base64url without padding.</summary>
    public required string Signature { get; init; }

    /// <summary>The transaction's own time.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The transaction that wrote the record.</summary>
    public required string TransactionId { get; init; }
}

/// <summary>The states of a credential.</summary>
public static class CredentialState
{
    /// <summary>Nothing is said against it.</summary>
    public const string InForce = "inForce";

    /// <summary>Not to be relied on for now; may be reinstated.</summary>
    public const string Suspended = "suspended";

    /// <summary>Withdrawn for good.</summary>
    public const string Revoked = "revoked";
}

/// <summary>The reason codes; free text is never written, since it could hold personal data.</summary>
public static class StatusReason
{
    /// <summary>Revoked: it should not have been issued.</summary>
    public const string IssuedInError = "issuedInError";

    /// <summary>Revoked: another credential replaces it.</summary>
    public const string Superseded = "superseded";

    /// <summary>Revoked: misconduct was established.</summary>
    public const string Misconduct = "misconduct";

    /// <summary>Revoked: the award was withdrawn.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Revoked: none of the others.</summary>
    public const string Other = "other";

    /// <summary>Suspended: being looked into.</summary>
    public const string UnderReview = "underReview";

    /// <summary>Suspended: an administrative matter.</summary>
    public const string Administrative = "administrative";

    /// <summary>The reasons for revoking.</summary>
    public static readonly IReadOnlyList<string> ForRevocation =
        [IssuedInError, Superseded, Misconduct, Withdrawn, Other];

    /// <summary>The reasons for suspending.</summary>
    public static readonly IReadOnlyList<string> ForSuspension = [UnderReview, Administrative];
}
