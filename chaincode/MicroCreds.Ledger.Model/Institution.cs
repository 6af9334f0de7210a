using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>A member of the consortium, with the keys it signs its statements and credentials with.</summary>
public sealed record Institution
{
    /// <summary>The MSP that speaks for the institution; also its identifier.</summary>
    public required string MspId { get; init; }

    /// <summary>
    /// The awarding body's name as it appears on credentials. This and the next four are the identity in force: the
    /// last one that the members confirmed, or, before they ever did, what the institution says of itself.
    /// </summary>
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

    /// <summary>Every identity that the members ever confirmed by a ballot, the oldest first.</summary>
    public IReadOnlyList<InstitutionIdentity> Identities { get; init; } = [];

    /// <summary>The identity that waits to be confirmed, if one does.</summary>
    public InstitutionIdentity? Proposed { get; init; }

    /// <summary>
    /// Every key the institution ever registered, in the order of registration; none is ever removed.
    /// </summary>
    public IReadOnlyList<SigningKey> Keys { get; init; } = [];

    /// <summary>Whether the members ever confirmed who this is.</summary>
    [JsonIgnore]
    public bool IsConfirmed => Identities.Count > 0;

    /// <summary>What stands above as an identity, for one that is not confirmed yet.</summary>
    [JsonIgnore]
    public InstitutionIdentity Standing => new()
    {
        Name = Name,
        Country = Country,
        Did = Did,
        Website = Website,
        Identifiers = Identifiers,
    };

    /// <summary>The keys that sign statements and credentials, in the order of registration.</summary>
    [JsonIgnore]
    public IEnumerable<SigningKey> IssuerKeys => Keys.Where(key => !key.IsForLog);

    /// <summary>The keys that sign the log's heads, in the order of registration.</summary>
    [JsonIgnore]
    public IEnumerable<SigningKey> LogKeys => Keys.Where(key => key.IsForLog);

    /// <summary>
    /// Finds a key that signs statements and credentials, in force or not; one of the log signs none, and is not found.
    /// </summary>
    public SigningKey? FindIssuerKey(string keyId)
    {
        foreach (var key in Keys)
        {
            if (key.Id == keyId) return key.IsForLog ? null : key;
        }

        return null;
    }

    /// <summary>
    /// Tells whether a DID is the institution's: any that the members confirmed, for ever; before the first time, the
    /// one that it names.
    /// </summary>
    public bool HasDid(string? did)
    {
        if (did == Did) return true;

        foreach (var identity in Identities)
        {
            if (identity.Did == did) return true;
        }

        return false;
    }

    /// <summary>Returns the record with another identity in force.</summary>
    public Institution With(InstitutionIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return this with
        {
            Name = identity.Name,
            Country = identity.Country,
            Did = identity.Did,
            Website = identity.Website,
            Identifiers = identity.Identifiers,
        };
    }
}
