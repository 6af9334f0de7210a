using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Verifies issuers' statements. Thread-safe.</summary>
internal sealed class StatementVerifier
{
    /// <summary>What remembers the good signatures, of statements and of credentials.</summary>
    public SignatureMemory Signatures { get; } = new();

    /// <summary>Tells whether the key signed the statement.</summary>
    public bool Verify<T>(T statement, string signature, PublicKey key)
        where T : class =>
        Statements.TryDecodeSignature(signature, out byte[] bytes)
        && Signatures.Verify(key, Statements.BytesToSign(statement), bytes);
}
