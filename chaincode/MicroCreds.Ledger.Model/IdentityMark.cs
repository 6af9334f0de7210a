namespace MicroCreds.Ledger.Model;

/// <summary>One thing that tells an institution from all others.</summary>
/// <param name="Kind">A DID, a name, or an identifier of a scheme.</param>
/// <param name="Value">Its value in the form that is compared.</param>
/// <param name="Field">Where it stands in an identity, a JSON pointer.</param>
public sealed record IdentityMark(string Kind, string Value, string Field)
{
    /// <summary>The kind of a DID.</summary>
    public const string DidKind = "did";

    /// <summary>The kind of a name.</summary>
    public const string NameKind = "name";

    /// <summary>What begins the kind of an identifier; its scheme follows.</summary>
    public const string IdentifierKind = "identifier:";
}

/// <summary>
/// Says whose a name, DID or identifier is: the institution's that the members confirmed with it. A DID stays with it
/// for ever, since credentials name their issuer by it; the others until they are given up.
/// </summary>
/// <param name="Kind">The mark's kind.</param>
/// <param name="Value">The mark's value.</param>
/// <param name="MspId">Whose it is.</param>
public sealed record IdentityClaim(string Kind, string Value, string MspId);
