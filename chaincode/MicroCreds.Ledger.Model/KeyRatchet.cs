namespace MicroCreds.Ledger.Model;

/// <summary>
/// What holds for an institution's keys from its first one with a half of ML-DSA-44 on: each further key has such a
/// half, too, and one that was there before countersigned it. Whoever has nothing but elliptic keys, be it all of the
/// consortium's, adds no key then. The contract and every reader ask here.
/// </summary>
public static class KeyRatchet
{
    /// <summary>Tells whether it holds: whether a key that signs statements has a half of ML-DSA-44.</summary>
    public static bool IsHeld(IEnumerable<SigningKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Any(key => key is { IsForLog: false, MlDsaMultibase: not null });
    }

    /// <summary>Finds why a key may not be added; none if it may.</summary>
    /// <param name="founding">The ledger's founding record.</param>
    /// <param name="mspId">The institution.</param>
    /// <param name="known">The keys that it had before, as they stood then.</param>
    /// <param name="added">The key.</param>
    public static string? FaultOf(
        Founding founding, string mspId, IReadOnlyList<SigningKey> known, SigningKey added)
    {
        ArgumentNullException.ThrowIfNull(founding);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(added);
        if (added.MlDsaMultibase is null && founding.MlDsaNeeded == true)
        {
            return "has no half of ML-DSA-44, which this ledger was founded to ask of every key: make a key with both "
                + "halves.";
        }

        if (!IsHeld(known))
        {
            return added.CountersignedBy is not null || added.Countersignature is not null
                ? "is countersigned, though no key of before has a half of ML-DSA-44: leave that out."
                : added is { IsForLog: true, MlDsaMultibase: not null }
                    ? "is a key of the log with a half of ML-DSA-44, and no key that could countersign it has one: "
                        + "register such a key of statements first."
                    : null;
        }

        if (added.MlDsaMultibase is null)
        {
            return "has no half of ML-DSA-44, though the institution's keys have had one since: make a key with both "
                + "halves.";
        }

        var by = known.FirstOrDefault(key => key.Id == added.CountersignedBy);
        if (by is not { IsForLog: false, MlDsaMultibase: { } mlDsa, RevokedAt: null, CompromisedSince: null })
        {
            return "must be countersigned by a key with a half of ML-DSA-44 that signs statements and is in force: "
                + "name it in countersignedBy.";
        }

        return IsSigned(KeyStatement.Of(founding.Ledger, mspId, added), added.Countersignature, mlDsa)
            ? null
            : $"was not countersigned by the half of ML-DSA-44 of {by.Id}.";
    }

    /// <summary>
    /// Tells whether a known key may become what a record says of it: withdrawn, or reported stolen, and nothing else;
    /// neither is ever taken back.
    /// </summary>
    /// <param name="before">The key as it was.</param>
    /// <param name="after">The key as it is said to be.</param>
    public static bool MayBecome(SigningKey before, SigningKey after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        bool isSame = before == after with
        {
            RevokedAt = before.RevokedAt,
            CompromisedSince = before.CompromisedSince,
        };
        return isSame && (before.RevokedAt is null || after.RevokedAt == before.RevokedAt)
            && (before.CompromisedSince is null || after.CompromisedSince <= before.CompromisedSince);
    }

    private static bool IsSigned(KeyStatement statement, string? countersignature, string by)
    {
        try
        {
            return Statements.TryDecodeSignature(countersignature, MlDsaKey.SignatureLength, out byte[] signature)
                && MlDsaKey.Parse(by).Verify(Statements.BytesToSign(statement), signature);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
