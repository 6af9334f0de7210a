namespace MicroCreds.Ledger.Model;

/// <summary>Who an institution says it is, and when the other members confirmed it.</summary>
public sealed record InstitutionIdentity
{
    /// <summary>The awarding body's name as it appears on credentials.</summary>
    public required string Name { get; init; }

    /// <summary>The country, ISO 3166-1 alpha-2, upper case.</summary>
    public required string Country { get; init; }

    /// <summary>The decentralised identifier that credentials name as issuer.</summary>
    public required string Did { get; init; }

    /// <summary>The web site, an absolute https address.</summary>
    public string? Website { get; init; }

    /// <summary>Identifiers elsewhere by scheme: <c>ror</c>, <c>schac</c>, <c>pic</c>, <c>erasmus</c>…</summary>
    public IReadOnlyDictionary<string, string> Identifiers { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The time of the vote that confirmed it; absent while it waits.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The digest of the ballot that confirmed it, a <see cref="StatementDigest"/>.</summary>
    public string? Ballot { get; init; }

    /// <summary>When another one took its place, if one did. Its DID stays the institution's.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>
    /// When its name and identifiers were given up, so that others may be confirmed with them. Its DID is never free.
    /// </summary>
    public DateTimeOffset? GivenUpAt { get; init; }

    /// <summary>
    /// What the members vote on: the SHA-256 of what the identity says, without what the ledger adds, in lower-case
    /// hexadecimal digits.
    /// </summary>
    public string Digest() =>
        StatementDigest.Of(this with { ConfirmedAt = null, Ballot = null, Until = null, GivenUpAt = null });

    /// <summary>What no two institutions may be confirmed with, each in the one form that is compared.</summary>
    public IEnumerable<IdentityMark> Marks() =>
    [
        new IdentityMark(IdentityMark.DidKind, Did, "/did"),
        new IdentityMark(IdentityMark.NameKind, ComparableText.OfName(Name), "/name"),
        .. Identifiers.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => new IdentityMark(
            $"{IdentityMark.IdentifierKind}{i.Key}", ComparableText.OfIdentifier(i.Value),
            "/identifiers/" + JsonPointer.Escape(i.Key))),
    ];
}
