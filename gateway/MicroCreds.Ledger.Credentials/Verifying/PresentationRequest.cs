namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>What a verifier asked a wallet for, so that no proof made for another party, or before, will do.</summary>
/// <param name="Audience">The verifier, by the name that it gave the wallet.</param>
/// <param name="Nonce">What the wallet was to repeat, new for every presentation.</param>
public sealed record PresentationRequest(string Audience, string Nonce);
