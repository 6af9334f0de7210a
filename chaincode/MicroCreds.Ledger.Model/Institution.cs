namespace MicroCreds.Ledger.Model;

/// <summary>A member of the consortium, with the keys it signs its statements and credentials with.</summary>
public sealed record Institution
{
    /// <summary>The MSP that speaks for the institution; also its identifier.</summary>
    public required string MspId { get; init; }

    /// <summary>The awarding body's name as it appears on credentials.</summary>
    public required string Name { get; init; }

    /// <summary>The country, ISO 3166-1 alpha-2, upper case.</summary>
    public required string Country { get; init; }

    /// <summary>
    /// The decentralised identifier that credentials name as issuer, such as <c>did:web:aurora.example</c>.
    /// </summary>
    public required string Did { get; init; }

    /// <summary>The web site, an absolute https address.</summary>
    public string? Website { get; init; }

    /// <summary>Identifiers elsewhere by scheme: <c>ror</c>, <c>schac</c>, <c>pic</c>, <c>erasmus</c>…</summary>
    public IReadOnlyDictionary<string, string> Identifiers { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Every key the institution ever registered, in the order of registration; none is ever removed.
    /// </summary>
    public IReadOnlyList<SigningKey> Keys { get; init; } = [];
}
