using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

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

    /// <summary>Whether addresses of private networks may be asked. Default is no.</summary>
    public bool AllowPrivate { get; init; }
}

/// <summary>Nothing was fetched; the message says why.</summary>
public sealed class FetchException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Fetches what an address in somebody else's hands names: https alone, no redirects, never this machine or its
/// neighbours, within a size and a time. The one place of this rule. Thread-safe.
/// </summary>
public sealed class SafeFetcher : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly FetchOptions _options;
    private readonly HttpClient _http;

    public SafeFetcher(FetchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,

            // A proxy would look names up itself, past the rule; and an answer's size is judged as it is sent.
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
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
                throw new FetchException($"{address} answered {(int)answer.StatusCode}.");
            return await ReadAsync(address, answer, deadline.Token);
        }
        catch (HttpRequestException e)
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

    /// <summary>Tells whether the rule lets an address of the network be asked.</summary>
    internal static bool IsAllowed(IPAddress address, FetchOptions options)
    {
        var ip = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(ip)) return options.AllowLoopback;
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bool isNever = ip.IsIPv6LinkLocal || ip.IsIPv6Multicast || ip.IsIPv6SiteLocal
                || ip.Equals(IPAddress.IPv6Any);
            return !isNever && (!ip.IsIPv6UniqueLocal || options.AllowPrivate);
        }

        byte[] bytes = ip.GetAddressBytes();
        return bytes switch
        {
            [0, ..] or [169, 254, ..] or [>= 224, ..] => false,
            [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [100, >= 64 and < 128, ..] =>
                options.AllowPrivate,
            _ => true,
        };
    }

    private void RequireAllowed(Uri address)
    {
        bool isPlain = address is { IsAbsoluteUri: true, Scheme: "http", IsLoopback: true } && _options.AllowLoopback;
        if (!isPlain && address is not { IsAbsoluteUri: true, Scheme: "https" })
        {
            throw new FetchException(
                $"{address} is not fetched: only https is"
                + (_options.AllowLoopback ? ", and http on this machine." : "."));
        }

        if (address.UserInfo.Length > 0)
            throw new FetchException($"{address.Host} is not fetched: the address has a login in it.");
    }

    // The name is looked up once, and what was judged is what is connected to: a name cannot change its mind between.
    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => IsAllowed(address, _options)))
        {
            throw new FetchException(
                $"{host} is not asked: it is this machine or one of a local network, which an address in a document "
                + "must not reach.");
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
    }

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
