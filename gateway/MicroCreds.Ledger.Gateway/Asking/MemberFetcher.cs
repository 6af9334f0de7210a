using System.Net;
using MicroCreds.Ledger.Credentials.Fetching;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>
/// Asks other members' gateways, and nobody else's: within a time and a size, a few at a time, since anybody can have
/// one asked. Thread-safe.
/// </summary>
public sealed class MemberFetcher : IDisposable
{
    /// <summary>How long a member's gateway may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>The largest answer, in bytes: as large as a credential may be.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>How many are asked at a time.</summary>
    private const int MaxAtATime = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(MaxAtATime);
    private readonly SafeFetcher _public = new(new FetchOptions { MaxBytes = MaxBytes, Timeout = Timeout });

    // Whoever runs this gateway named these addresses, wherever they lie.
    private readonly SafeFetcher _named = new(new FetchOptions
    {
        MaxBytes = MaxBytes,
        Timeout = Timeout,
        AllowHttp = true,
        AllowedNetworks = [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)],
    });

    /// <summary>Fetches something.</summary>
    /// <param name="address">Where.</param>
    /// <param name="isNamed">Whether the settings name that gateway, wherever it lies.</param>
    /// <param name="mediaTypes">What is asked for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What was answered; null if too many are asked now.</returns>
    /// <exception cref="FetchException">It may not be fetched, or cannot.</exception>
    public async Task<byte[]?> FetchAsync(
        Uri address, bool isNamed, IEnumerable<string> mediaTypes, CancellationToken cancellationToken)
    {
        if (!await _places.WaitAsync(Patience, cancellationToken)) return null;
        try
        {
            return await (isNamed ? _named : _public).FetchAsync(address, mediaTypes, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _public.Dispose();
        _named.Dispose();
    }
}
