namespace MicroCreds.Ledger.Model;

/// <summary>A statement and its signature: how issuances, status changes and new keys travel to the contract.</summary>
/// <param name="Statement">What is said.</param>
/// <param name="Signature">
/// The signature of the statement's canonical JSON, base64url without padding: 64 bytes, r followed by s for P-256; of
/// a key with a half of ML-DSA-44 the 2,420 bytes of that behind them, over the same JSON.
/// </param>
/// <typeparam name="T">The kind of statement.</typeparam>
public sealed record SignedStatement<T>(T Statement, string Signature)
    where T : class;
