using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// Verifies many credentials at once, each in whatever form and wrapping POST /v1/verifications takes it, on all cores;
/// only the keys of strangers are not fetched. Stores nothing personal.
/// Thread-safe.
/// </summary>
public sealed class CredentialSet(ReceivedVerifier verifier)
{
    /// <summary>The most credentials of one set.</summary>
    public const int MaxCredentials = 500;

    /// <summary>The largest body that holds a set, in bytes.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Verifies each credential of a set.</summary>
    /// <param name="credentials">Each a JSON object, or a string: a token, a text from paper, what wraps these.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>In the order of what was sent, the verdict on each credential within: nearly always one.</returns>
    /// <exception cref="ProblemException">There are too many, or the ledger could not be asked about one.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Verdict>>> VerifyAsync(
        IReadOnlyList<JsonElement> credentials, CancellationToken cancellationToken)
    {
        RequireFew(credentials.Count);
        byte[][] documents = [.. credentials.Select(ToDocument)];
        var verdicts = new IReadOnlyList<Verdict>[documents.Length];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, documents.Length, options, async (i, cancellation) =>
            verdicts[i] = await verifier.VerifyOwnAsync(documents[i], cancellation));
        RequireFew(verdicts.Sum(one => one.Count));

        // What could not be asked must not look like what does not count.
        if (verdicts.SelectMany(one => one).SelectMany(verdict => verdict.Checks)
            .Any(check => check.Code == CheckCodes.LedgerUnreachable))
        {
            throw new ProblemException(
                ProblemKind.LedgerUnavailable, "The ledger could not be asked about every credential. Send it again.")
            { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        return verdicts;
    }

    private static void RequireFew(int count)
    {
        if (count > MaxCredentials)
        {
            throw ProblemException.Invalid(
                "/credentials", $"has {count} items: at most {MaxCredentials} are taken at once.");
        }
    }

    private static byte[] ToDocument(JsonElement credential, int index) => credential.ValueKind switch
    {
        JsonValueKind.Object => Encoding.UTF8.GetBytes(credential.GetRawText()),
        JsonValueKind.String => Encoding.UTF8.GetBytes(credential.GetString()!),
        _ => throw ProblemException.Invalid(
            $"/credentials/{index}", "must be a credential: a JSON object, or a string."),
    };
}
