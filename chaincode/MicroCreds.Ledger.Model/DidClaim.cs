namespace MicroCreds.Ledger.Model;

/// <summary>
/// Says which institution a DID belongs to, for ever: credentials name their issuer by it, so that no other institution
/// may take it, not even after its owner chose another one.
/// </summary>
/// <param name="Did">The DID.</param>
/// <param name="MspId">The institution that named it first.</param>
public sealed record DidClaim(string Did, string MspId);
