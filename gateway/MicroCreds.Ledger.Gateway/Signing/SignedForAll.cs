using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Caching.Memory;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>
/// Signs tokens that anybody may ask for: what says the same is signed once a minute, however often it is asked for,
/// since a key in a key store costs something each time. Thread-safe.
/// </summary>
internal sealed class SignedForAll : IDisposable
{
    private const int MaxKept = 1000;

    /// <summary>How long a token is given again: by so much its times may be off.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    // Of when it was made alone; all else of two tokens has to be the same.
    private static readonly string[] Times = ["iat", "exp"];

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MaxKept });

    /// <summary>
    /// Signs claims; equivalent to <see cref="TokenKey.SignAsync"/>, but for <c>iat</c> and <c>exp</c>, which may be
    /// those of up to a minute ago.
    /// </summary>
    public async ValueTask<byte[]> SignAsync(
        TokenKey key, string type, JsonObject claims, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(claims);
        var lasting = claims.DeepClone().AsObject();
        foreach (string name in Times) lasting.Remove(name);
        string what = string.Join(
            ' ',
            [
                type, key.Did, key.KeyId, .. key.Certificates,
                Convert.ToHexString(SHA256.HashData(CanonicalJson.Canonicalize(lasting))),
            ]);
        string place = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(what)));
        if (_kept.TryGetValue(place, out byte[]? kept)) return kept!;
        byte[] signed = await key.SignAsync(type, claims, cancellationToken);
        using var entry = _kept.CreateEntry(place);
        (entry.Value, entry.AbsoluteExpirationRelativeToNow, entry.Size) = (signed, Kept, 1);
        return signed;
    }

    public void Dispose() => _kept.Dispose();
}
