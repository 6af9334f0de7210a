using System.Runtime.CompilerServices;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Verifies issuers' statements. Thread-safe.</summary>
internal sealed class StatementVerifier
{
    // Whether a key signed a statement never changes, and the records of a projection stay the same objects: writing
    // a cohort's statement anew for each of its credentials took 6 of the 150 µs of verifying one.
    private readonly ConditionalWeakTable<object, Signer> _genuine = [];

    /// <summary>One that all share: whether a key signed a statement is the same for everybody who asks.</summary>
    public static StatementVerifier Shared { get; } = new();

    /// <summary>What remembers the good signatures, of statements and of credentials.</summary>
    public SignatureMemory Signatures { get; } = new();

    /// <summary>Tells whether the key signed the statement, with each of its halves.</summary>
    /// <exception cref="FormatException">The key is none that can be used.</exception>
    public bool Verify<T>(T statement, string signature, SigningKey key)
        where T : class
    {
        var signer = new Signer(key.PublicKeyMultibase, key.MlDsaMultibase, signature);
        if (_genuine.TryGetValue(statement, out var known) && known == signer) return true;
        var verifier = StatementKey.Of(key);
        if (!Statements.TryDecodeSignature(signature, verifier.SignatureLength, out byte[] bytes)
            || !Signatures.Verify(verifier, Statements.BytesToSign(statement), bytes))
        {
            return false;
        }

        _genuine.AddOrUpdate(statement, signer);
        return true;
    }

    private sealed record Signer(string PublicKeyMultibase, string? MlDsaMultibase, string Signature);
}
