namespace MicroCreds.Ledger.Log.Filters;

/// <summary>
/// What a filter's growth knows of the leaves before: where each issuance lies, and what was said last of credentials.
/// </summary>
public interface IStatusPlaces
{
    /// <summary>Finds the leaves of an issuance; there is one, unless it was written in two ways.</summary>
    /// <param name="place">The issuance, see <see cref="PlacedIssuance.Place"/>.</param>
    IEnumerable<PlacedIssuance> IssuancesAt(byte[] place);

    /// <summary>Finds the issuances that a key signed.</summary>
    /// <param name="mspId">Whose key.</param>
    /// <param name="keyId">The key.</param>
    IEnumerable<PlacedIssuance> IssuancesBy(string mspId, string keyId);

    /// <summary>Finds what was said last of a credential; nothing if nothing was.</summary>
    /// <param name="place">Its issuance.</param>
    /// <param name="index">Its index in it.</param>
    SaidStatus? FindSaid(byte[] place, int index);

    /// <summary>Finds what was said last of each credential of an issuance.</summary>
    /// <param name="place">The issuance.</param>
    IEnumerable<SaidStatus> SaidAt(byte[] place);

    /// <summary>Finds the credentials of which the last that was said is that they are in force again, by a key.
    /// </summary>
    /// <param name="mspId">Whose key.</param>
    /// <param name="keyId">The key.</param>
    IEnumerable<SaidStatus> ReinstatedBy(string mspId, string keyId);

    /// <summary>Notes an issuance.</summary>
    void Add(PlacedIssuance issuance);

    /// <summary>Notes what was said, in the place of what was said before.</summary>
    void Put(SaidStatus said);
}

/// <summary>An issuance in the log.</summary>
/// <param name="Place">What names it: SHA-256 of its institution and root.</param>
/// <param name="Leaf">The number of its leaf.</param>
/// <param name="MspId">The institution.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="Moment">The moment of its block.</param>
public sealed record PlacedIssuance(byte[] Place, long Leaf, string MspId, string KeyId, DateTimeOffset Moment);

/// <summary>The last that was said of a credential.</summary>
/// <param name="Place">Its issuance.</param>
/// <param name="Index">Its index in that.</param>
/// <param name="IsInForce">Whether it was said to be in force again.</param>
/// <param name="MspId">The institution that said it.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="Moment">The moment of its block.</param>
public sealed record SaidStatus(
    byte[] Place, int Index, bool IsInForce, string MspId, string KeyId, DateTimeOffset Moment);
