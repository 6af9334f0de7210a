using System.Net;
using System.Net.Http.Headers;

namespace MicroCreds.Ledger.Credentials.Fetching;

/// <summary>What may be fetched.</summary>
public sealed record FetchOptions
{
    /// <summary>The most bytes that are read. Default is 2 MiB.</summary>
    public int MaxBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>How long one fetch may take in all. Default is 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether this machine itself may be asked, then also over plain http. Default is no: an address in somebody's
    /// document must not reach what listens here for us alone.
    /// </summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Whether plain http is taken, which everybody on the way can read. Default is no.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>The networks beside the public Internet that may be asked. Default is none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>What may be asked.</summary>
    internal AddressRule Rule => new()
    {
        AllowLoopback = AllowLoopback,
        AllowHttp = AllowHttp,
        AllowedNetworks = AllowedNetworks,
    };
}

/// <summary>Nothing was fetched; the message says why.</summary>
public sealed class FetchException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What was answered in place of a document; absent if nothing was, or something that was not taken.
    /// </summary>
    public HttpStatusCode? Status { get; init; }
}

/// <summary>
/// Fetches what an address in somebody else's hands names, as <see cref="AddressRule"/> allows, within a size and a
/// time. Thread-safe.
/// </summary>
public sealed class SafeFetcher : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly FetchOptions _options;
    private readonly HttpClient _http;

    /// <summary>Prepares fetching.</summary>
    public SafeFetcher(FetchOptions options)
        : this(options, CreateHandler(Dns.GetHostAddressesAsync, options))
    {
    }

    internal SafeFetcher(FetchOptions options, HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Fetches a document.</summary>
    /// <param name="address">Where.</param>
    /// <param name="mediaTypes">What is asked for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FetchException">It may not be fetched, or cannot.</exception>
    public async Task<byte[]> FetchAsync(
        Uri address, IEnumerable<string> mediaTypes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        RequireAllowed(address);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (string type in mediaTypes)
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type));
        try
        {
            using var answer = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if ((int)answer.StatusCode is >= 300 and < 400)
                throw new FetchException($"{address} leads elsewhere, which is not followed: name the address itself.");
            if (!answer.IsSuccessStatusCode)
            {
                throw new FetchException($"{address} answered {(int)answer.StatusCode}.")
                {
                    Status = answer.StatusCode,
                };
            }

            return await ReadAsync(address, answer, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw e.InnerException as FetchException
                ?? new FetchException($"{address} cannot be reached: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FetchException($"{address} did not answer within {_options.Timeout.TotalSeconds} seconds.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Makes what connects to allowed addresses only.</summary>
    /// <param name="lookUpAsync">What finds a host's addresses.</param>
    /// <param name="options">What is allowed.</param>
    internal static SocketsHttpHandler CreateHandler(
        Func<string, CancellationToken, Task<IPAddress[]>> lookUpAsync, FetchOptions options) =>
        options.Rule.CreateHandler(lookUpAsync);

    private void RequireAllowed(Uri address)
    {
        if (_options.Rule.FaultOf(address) is { } fault)
            throw new FetchException($"{WithoutLogin(address)} is not fetched: {fault}");
    }

    private static string WithoutLogin(Uri address) =>
        address is { IsAbsoluteUri: true, UserInfo.Length: > 0 } ? address.Host : address.ToString();

    private async Task<byte[]> ReadAsync(Uri address, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        byte[] chunk = new byte[ChunkBytes];
        for (int count; (count = await body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (read.Length + count > _options.MaxBytes)
                throw new FetchException($"{address} sends more than the {_options.MaxBytes} bytes that are read.");
            read.Write(chunk, 0, count);
        }

        return read.ToArray();
    }
}
