using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.DataProtection;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Nonces that wallets put into their proofs. They carry their own end, sealed, so that nobody who only asks for them
/// fills the store; each is good for one request. All instances on one store know each other's. Thread-safe.
/// </summary>
internal sealed class OnceTokens(IDataProtectionProvider protection, WalletGrants grants, TimeProvider time)
{
    /// <summary>How long a nonce is good.</summary>
    public static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(10);

    private const int RandomBytes = 16;

    private readonly IDataProtector _protector = protection.CreateProtector("wallet nonce");

    /// <summary>Makes a nonce.</summary>
    public string MakeNonce()
    {
        byte[] content = new byte[sizeof(long) + RandomBytes];
        BinaryPrimitives.WriteInt64BigEndian(content, (time.GetUtcNow() + NonceLifetime).ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(content.AsSpan(sizeof(long)));
        return _protector.Protect(Convert.ToBase64String(content));
    }

    /// <summary>Whether a nonce is ours, and has not ended.</summary>
    public bool IsNonce(string nonce) => Open(nonce) is { } content && EndOf(content) > time.GetUtcNow();

    /// <summary>Uses a nonce, once.</summary>
    /// <returns>Whether it was not used before.</returns>
    public Task<bool> UseNonceAsync(string nonce)
    {
        // What it holds, and not how it is spelt: sealed texts are read leniently.
        var content = Open(nonce);
        return content is null
            ? Task.FromResult(false) : UseAsync("nonce:" + Convert.ToHexString(content), EndOf(content));
    }

    /// <summary>Uses what its maker says to be used once.</summary>
    /// <param name="text">What it is.</param>
    /// <param name="endsAt">Until when it would be taken, if it were not used.</param>
    /// <returns>Whether it was not used before.</returns>
    public Task<bool> UseAsync(string text, DateTimeOffset endsAt) =>
        grants.UseOnceAsync(SHA256.HashData(Encoding.UTF8.GetBytes(text)), endsAt);

    private static DateTimeOffset EndOf(byte[] content) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(content));

    private byte[]? Open(string nonce)
    {
        try
        {
            byte[] content = Convert.FromBase64String(_protector.Unprotect(nonce));
            return content.Length == sizeof(long) + RandomBytes ? content : null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
