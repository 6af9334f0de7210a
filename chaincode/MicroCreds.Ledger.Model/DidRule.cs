namespace MicroCreds.Ledger.Model;

/// <summary>
/// A DID that the members confirmed as one institution's is that one's for ever, and never another's. The contract
/// keeps to it; a reader asks here, since enough peers could write into another's record that it bears the name.
/// </summary>
public static class DidRule
{
    /// <summary>
    /// Sees an institution without the identities whose DID is another's: by those that are left, or, if none is, as
    /// one that nobody has confirmed.
    /// </summary>
    /// <param name="recorded">The institution as its record has it.</param>
    /// <param name="ownerOf">Finds the institution that a DID was confirmed as first; none if it was not.</param>
    public static Institution Judge(Institution recorded, Func<string, string?> ownerOf)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(ownerOf);
        bool IsFree(string did) => ownerOf(did) is not { } owner || owner == recorded.MspId;
        if (!recorded.IsConfirmed || (IsFree(recorded.Did) && recorded.Identities.All(one => IsFree(one.Did))))
            return recorded;

        InstitutionIdentity[] kept = [.. recorded.Identities.Where(one => IsFree(one.Did))];
        var judged = recorded with { Identities = kept };
        return IsFree(recorded.Did) || kept.Length == 0 ? judged : judged.With(kept[^1]);
    }
}
