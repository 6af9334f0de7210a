using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>
/// Verifies many credentials at once, each as POST /v1/verifications would, on all cores. Stores nothing personal.
/// Thread-safe.
/// </summary>
public sealed class CredentialSet(CredentialVerifier verifier)
{
    /// <summary>The most credentials of one set.</summary>
    public const int MaxCredentials = 500;

    /// <summary>The largest body that holds a set, in bytes.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Verifies each credential of a set.</summary>
    /// <param name="credentials">Each a JSON object, or a string in one of the compact forms.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The verdicts, in the order of the credentials.</returns>
    /// <exception cref="ProblemException">There are too many, or the ledger could not be asked about one.</exception>
    public async Task<IReadOnlyList<Verdict>> VerifyAsync(
        IReadOnlyList<JsonElement> credentials, CancellationToken cancellationToken)
    {
        if (credentials.Count > MaxCredentials)
        {
            throw ProblemException.Invalid(
                "/credentials", $"has {credentials.Count} items: at most {MaxCredentials} are taken at once.");
        }

        byte[][] documents = [.. credentials.Select(ToDocument)];
        var verdicts = new Verdict[documents.Length];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, documents.Length, options, async (i, cancellation) =>
            verdicts[i] = await verifier.VerifyAsync(documents[i], cancellation));

        // What could not be asked must not look like what does not count.
        if (verdicts.Any(verdict => verdict.Checks.Any(check => check.Code == CheckCodes.LedgerUnreachable)))
        {
            throw new ProblemException(
                ProblemKind.LedgerUnavailable, "The ledger could not be asked about every credential. Send it again.")
            { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        return verdicts;
    }

    private static byte[] ToDocument(JsonElement credential, int index) => credential.ValueKind switch
    {
        JsonValueKind.Object => Encoding.UTF8.GetBytes(credential.GetRawText()),
        JsonValueKind.String => Encoding.UTF8.GetBytes(credential.GetString()!),
        _ => throw ProblemException.Invalid(
            $"/credentials/{index}", "must be a credential: a JSON object, or a string in a compact form."),
    };
}
