using MicroCreds.Ledger.Credentials.Fetching;

namespace MicroCreds.Ledger.Credentials.Resolving;

/// <summary>How DID documents are fetched.</summary>
public sealed record DidWebOptions
{
    /// <summary>How long fetching one may take in all. Default is 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest document, in bytes. Default is 64 KiB: keys of a lifetime.</summary>
    public int MaxDocumentBytes { get; init; } = 64 * 1024;
}

/// <summary>
/// Follows <c>did:web</c> for verifiers that cannot ask the ledger. The DID comes out of a credential, so whoever wrote
/// that chooses where this connects to: only by https to public addresses on the usual port, as
/// <see cref="SafeFetcher"/> has it. Thread-safe.
/// </summary>
public sealed class DidWebResolver : IDisposable
{
    private static readonly string[] MediaTypes = ["application/did+ld+json", "application/did+json", "*/*;q=0.1"];

    private readonly SafeFetcher _fetcher;

    /// <summary>Prepares fetching.</summary>
    /// <param name="options">How to fetch; the defaults if there are none.</param>
    public DidWebResolver(DidWebOptions? options = null) => _fetcher = new SafeFetcher(LimitsOf(options));

    internal DidWebResolver(DidWebOptions? options, HttpMessageHandler handler) =>
        _fetcher = new SafeFetcher(LimitsOf(options), handler);

    /// <summary>Fetches an issuer's DID document and reads its keys.</summary>
    /// <exception cref="DidResolutionException">It cannot be had, or must not be fetched; the message says why.
    /// </exception>
    public async Task<ResolvedIssuer> ResolveAsync(string did, CancellationToken cancellationToken = default)
    {
        var address = DidWebAddress.Of(did);
        try
        {
            return DidDocumentReader.Read(did, await _fetcher.FetchAsync(address, MediaTypes, cancellationToken));
        }
        catch (FetchException e)
        {
            throw new DidResolutionException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fetcher.Dispose();

    private static FetchOptions LimitsOf(DidWebOptions? options)
    {
        var limits = options ?? new DidWebOptions();
        return new FetchOptions { Timeout = limits.Timeout, MaxBytes = limits.MaxDocumentBytes };
    }
}

/// <summary>A DID document cannot be had, or must not be fetched or used.</summary>
public sealed class DidResolutionException(string message, Exception? inner = null) : Exception(message, inner);
