using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// The one rule for statements: does it count as the institution's own word? A record on the ledger is what peers wrote
/// there, and enough of them could write anything; the signature is the institution's. Thread-safe.
/// </summary>
public static class StatementRule
{
    /// <summary>Tells whether a statement counts.</summary>
    /// <param name="given">The statement with its signature.</param>
    /// <param name="ledger">The ledger that it must be made for.</param>
    /// <param name="signer">The institution that it must be of, with its keys; none if the ledger has none.</param>
    /// <param name="written">When it was written.</param>
    public static StatementStanding StandingOf<T>(
        SignedStatement<T> given, string ledger, Institution? signer, WritingTime written)
        where T : class, IInstitutionStatement
    {
        ArgumentNullException.ThrowIfNull(given);
        return StandingOf(given.Statement, given.Signature, ledger, signer, written, StatementVerifier.Shared);
    }

    /// <summary>Likewise, for records that keep a statement and its signature apart.</summary>
    /// <inheritdoc cref="StandingOf{T}(SignedStatement{T}, string, Institution?, WritingTime)"/>
    public static StatementStanding StandingOf<T>(
        T statement, string signature, string ledger, Institution? signer, WritingTime written)
        where T : class, IInstitutionStatement =>
        StandingOf(statement, signature, ledger, signer, written, StatementVerifier.Shared);

    internal static StatementStanding StandingOf<T>(
        T statement, string signature, string ledger, Institution? signer, WritingTime written,
        StatementVerifier verifier)
        where T : class, IInstitutionStatement
    {
        if (!IsGenuine(statement, signature, ledger, signer, verifier, out var key)) return StatementStanding.Forged;
        return KeyRule.StandingOf(key!, written, statement.IsGoodNews) switch
        {
            KeyStanding.InForce => StatementStanding.Counts,
            KeyStanding.MomentUnknown => StatementStanding.MomentUnknown,
            _ => StatementStanding.KeyNotInForce,
        };
    }

    /// <summary>Tells whether the institution signed it for this ledger, with whatever became of the key.</summary>
    internal static bool IsGenuine<T>(
        T statement, string signature, string ledger, Institution? signer, StatementVerifier verifier,
        out SigningKey? key)
        where T : class, IInstitutionStatement
    {
        key = null;
        if (signer is null || statement.Type != T.Kind || statement.Ledger != ledger
            || statement.MspId != signer.MspId)
        {
            return false;
        }

        key = signer.FindIssuerKey(statement.KeyId);
        try
        {
            return key is not null && verifier.Verify(statement, signature, key);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>Whether a statement counts.</summary>
public enum StatementStanding
{
    /// <summary>It is its institution's word.</summary>
    Counts,

    /// <summary>The institution that it names did not sign it, or not for this ledger.</summary>
    Forged,

    /// <summary>It was signed by a key that was in other hands then, or not in force.</summary>
    KeyNotInForce,

    /// <summary>Its key was in other hands at some time, and whether it was written before is not known here.</summary>
    MomentUnknown,
}
