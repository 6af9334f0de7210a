using System.Net;
using System.Net.Sockets;

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
/// that chooses where this connects to: only by https to public addresses on the usual port, without redirects, proxies
/// or cookies, for a bounded time and size. Thread-safe.
/// </summary>
public sealed class DidWebResolver : IDisposable
{
    private readonly DidWebOptions _options;
    private readonly HttpClient _http;

    /// <summary>Prepares fetching.</summary>
    /// <param name="options">How to fetch; the defaults if there are none.</param>
    public DidWebResolver(DidWebOptions? options = null)
        : this(options, CreateHandler(Dns.GetHostAddressesAsync))
    {
    }

    internal DidWebResolver(DidWebOptions? options, HttpMessageHandler handler)
    {
        _options = options ?? new DidWebOptions();
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Fetches an issuer's DID document and reads its keys.</summary>
    /// <exception cref="DidResolutionException">It cannot be had, or must not be fetched; the message says why.
    /// </exception>
    public async Task<ResolvedIssuer> ResolveAsync(string did, CancellationToken cancellationToken = default)
    {
        var address = DidWebAddress.Of(did);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        try
        {
            return DidDocumentReader.Read(did, await FetchAsync(address, deadline.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DidResolutionException($"{address} did not answer within {_options.Timeout.TotalSeconds} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw e.InnerException as DidResolutionException
                ?? new DidResolutionException($"{address} cannot be fetched: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Makes what connects to public addresses only.</summary>
    /// <param name="lookUpAsync">What finds a host's addresses.</param>
    internal static SocketsHttpHandler CreateHandler(
        Func<string, CancellationToken, Task<IPAddress[]>> lookUpAsync) => new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (context, cancellationToken) =>
            {
                // Looked up, judged and connected to here: a name that was judged elsewhere could mean another address
                // by now.
                var addresses = await lookUpAsync(context.DnsEndPoint.Host, cancellationToken);
                if (addresses.Length == 0 || !addresses.All(PublicAddresses.Contain))
                {
                    throw new DidResolutionException(
                        $"{context.DnsEndPoint.Host} is not a public address: nothing is fetched from there.");
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

    private async Task<byte[]> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", "application/did+ld+json, application/did+json, */*;q=0.1");
        using var answer = await _http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new DidResolutionException(
                $"{address} answered {(int)answer.StatusCode} instead of 200; redirects are not followed.");
        }

        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);

        // One byte more than allowed, so that a longer document is seen, whatever its header says.
        byte[] buffer = new byte[_options.MaxDocumentBytes + 1];
        int length = await content.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= _options.MaxDocumentBytes
            ? buffer[..length]
            : throw new DidResolutionException($"{address} gives more than {_options.MaxDocumentBytes} bytes.");
    }
}

/// <summary>A DID document cannot be had, or must not be fetched or used.</summary>
public sealed class DidResolutionException(string message, Exception? inner = null) : Exception(message, inner);
