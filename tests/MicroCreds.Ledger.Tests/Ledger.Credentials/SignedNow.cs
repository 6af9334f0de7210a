using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests;

/// <summary>Signing with keys in memory, which completes at once: so samples need not be made asynchronously.</summary>
internal static class SignedNow
{
    public static byte[] Complete(
        this CredentialSigner signer, UnsignedCredential credential, LedgerAnchorDocument anchor) =>
        Result(signer.CompleteAsync(credential, anchor));

    public static JsonObject Complete(JsonObject credential, LedgerAnchorDocument anchor, IIssuerSigner key) =>
        Result(CredentialSigner.CompleteAsync(credential, anchor, key));

    public static byte[] WriteVcJwt(this CredentialFormWriter writer, ReadOnlyMemory<byte> document) =>
        Result(writer.WriteVcJwtAsync(document));

    public static byte[] WriteSdJwt(this CredentialFormWriter writer, ReadOnlyMemory<byte> document) =>
        Result(writer.WriteSdJwtAsync(document));

    public static byte[] Sign(this StatusListCredential list, IIssuerSigner key, string keyId) =>
        Result(list.SignAsync(key, keyId));

    public static byte[] SignVcJwt(this StatusListCredential list, TokenKey key) => Result(list.SignVcJwtAsync(key));

    public static byte[] SignJwt(this TokenStatusList list, TokenKey key) => Result(list.SignJwtAsync(key));

    public static byte[] SignCwt(this TokenStatusList list, TokenKey key) => Result(list.SignCwtAsync(key));

    public static SignedStatement<T> Sign<T>(this IssuerKey key, T statement)
        where T : class =>
        Result(key.SignAsync(statement));

    private static T Result<T>(ValueTask<T> signing) => signing.IsCompleted
        ? signing.AsTask().GetAwaiter().GetResult()
        : throw new InvalidOperationException("This key does not sign at once: await it.");
}
