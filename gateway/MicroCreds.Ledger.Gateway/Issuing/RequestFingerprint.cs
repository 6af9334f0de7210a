using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// How a repeated request is known: by its <c>Idempotency-Key</c>, or else, where the body names more than a person and
/// an achievement, by its canonical body under the store's secret. Who has an award already is another question: see
/// <see cref="AwardKeys"/>.
/// </summary>
/// <param name="Fingerprint">
/// What the first request and its repetitions have in common; none if nothing says that two are the same.
/// </param>
/// <param name="BodyHash">What the body is, so that a key is not used for two.</param>
public sealed record RequestFingerprint(byte[]? Fingerprint, byte[] BodyHash)
{
    /// <summary>The header that names a request.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxKeyLength = 255;

    /// <summary>Takes the fingerprint of a request.</summary>
    /// <param name="store">The store, whose secret keeps the fingerprint from being guessed.</param>
    /// <param name="request">The request, for its header.</param>
    /// <param name="kind">One of <see cref="IssuanceKind"/>.</param>
    /// <param name="canonicalBody">The canonical body.</param>
    /// <param name="isKnownByItsBody">Whether two equal bodies are one request also without a key.</param>
    public static RequestFingerprint Of(
        GatewayStore store, HttpRequest request, string kind, ReadOnlySpan<byte> canonicalBody,
        bool isKnownByItsBody) =>
        Of(store, request.Headers[Header].ToString(), kind, canonicalBody, isKnownByItsBody);

    /// <summary>Takes the fingerprint of what is asked for under a name of its own; an empty one is none.</summary>
    public static RequestFingerprint Of(
        GatewayStore store, string key, string kind, ReadOnlySpan<byte> canonicalBody, bool isKnownByItsBody)
    {
        byte[] bodyHash = Hash(store, kind + "/body", canonicalBody);
        if (key.Length > MaxKeyLength || key.Any(c => c is < ' ' or > '~'))
        {
            throw ProblemException.Invalid(
                Header, $"must have up to {MaxKeyLength} printable ASCII characters; a UUID is a good one.");
        }

        byte[]? fingerprint = key.Length > 0 ? Hash(store, kind + "/key", Encoding.ASCII.GetBytes(key))
            : isKnownByItsBody ? bodyHash : null;
        return new(fingerprint, bodyHash);
    }

    /// <summary>Refuses a key that stands for another body.</summary>
    public void RequireSame(StoredIssuance existing) => RequireSame(existing.BodyHash);

    /// <summary>Refuses a key that stands for another body.</summary>
    public void RequireSame(byte[] bodyHash)
    {
        if (!BodyHash.AsSpan().SequenceEqual(bodyHash))
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
