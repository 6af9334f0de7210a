using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// How a repeated request is known: by its <c>Idempotency-Key</c>, or else by its canonical body under the store's
/// secret. Two learners of one name and achievement are told apart by a mail address, an id, or a key of one's own.
/// </summary>
/// <param name="Fingerprint">What the first request and its repetitions have in common.</param>
/// <param name="BodyHash">What the body is, so that a key is not used for two.</param>
public sealed record RequestFingerprint(byte[] Fingerprint, byte[] BodyHash)
{
    /// <summary>The header that names a request.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxKeyLength = 255;

    /// <summary>Takes the fingerprint of a request.</summary>
    /// <param name="store">The store, whose secret keeps the fingerprint from being guessed.</param>
    /// <param name="request">The request, for its header.</param>
    /// <param name="kind">One of <see cref="IssuanceKind"/>.</param>
    /// <param name="canonicalBody">The canonical body.</param>
    public static RequestFingerprint Of(
        GatewayStore store, HttpRequest request, string kind, ReadOnlySpan<byte> canonicalBody)
    {
        byte[] bodyHash = Hash(store, kind + "/body", canonicalBody);
        string key = request.Headers[Header].ToString();
        if (key.Length > MaxKeyLength || key.Any(c => c is < ' ' or > '~'))
        {
            throw ProblemException.Invalid(
                Header, $"must have up to {MaxKeyLength} printable ASCII characters; a UUID is a good one.");
        }

        return new(key.Length == 0 ? bodyHash : Hash(store, kind + "/key", Encoding.ASCII.GetBytes(key)), bodyHash);
    }

    /// <summary>Refuses a key that stands for another body.</summary>
    public void RequireSame(StoredIssuance existing)
    {
        if (!BodyHash.AsSpan().SequenceEqual(existing.BodyHash))
        {
            throw new ProblemException(
                ProblemKind.KeyReused,
                $"This {Header} was sent before with another body. Take a new one for a new request. Nothing was "
                + "changed.");
        }
    }

    private static byte[] Hash(GatewayStore store, string purpose, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, store.Secret);
        hash.AppendData(Encoding.ASCII.GetBytes(purpose));
        hash.AppendData([0]);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
