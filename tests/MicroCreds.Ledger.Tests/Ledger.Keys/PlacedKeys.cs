using System.Security.Cryptography;
using MicroCreds.Ledger.Keys;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>What is asked of every key that is in no file.</summary>
internal static class PlacedKeys
{
    /// <summary>Signs with a P-256 key, and verifies by its public key.</summary>
    public static async Task AssertSignsAsync(IPlacedKey key)
    {
        byte[] digest = RandomNumberGenerator.GetBytes(32);
        byte[] signature = await key.SignAsync(digest, TestContext.Current.CancellationToken);
        byte[] point = key.PublicKey.ToArray();
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..33], Y = point[33..] },
        });
        Assert.True(ecdsa.VerifyHash(digest, signature));
    }

    /// <summary>Has a key refuse to sign, and tells how it says so.</summary>
    public static async Task<KeyUnavailableException> FaultOfAsync(IPlacedKey key) =>
        await Assert.ThrowsAsync<KeyUnavailableException>(
            async () => await key.SignAsync(new byte[32], TestContext.Current.CancellationToken));
}
