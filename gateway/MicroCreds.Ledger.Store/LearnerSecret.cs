using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Secrets that lead to credentials: 160 random bits, as text in base64url. The store has their hashes alone, so that
/// whoever reads it finds no way in.
/// </summary>
public static class LearnerSecret
{
    /// <summary>The letters of one.</summary>
    public const int Length = 27;

    private const int Bytes = 20;

    /// <summary>Draws one.</summary>
    public static string Draw() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Makes the one that belongs to a name from another secret: whoever has that can make it again.</summary>
    public static string Derive(string secret, string name) => Base64Url.EncodeToString(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(name)).AsSpan(0, Bytes));

    /// <summary>Whether a text can be one.</summary>
    public static bool IsOne(string? text) => text is { Length: Length } && Base64Url.IsValid(text);

    /// <summary>What the store knows it by.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
