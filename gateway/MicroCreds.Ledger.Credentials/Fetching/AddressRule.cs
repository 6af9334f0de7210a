using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Ledger.Credentials.Fetching;

/// <summary>
/// What an address in somebody else's hands may lead to: https alone, no redirects, never this machine or its
/// neighbours, unless it is said here. The one place of this rule.
/// </summary>
public sealed record AddressRule
{
    /// <summary>Whether this machine itself may be asked, then also over plain http. Default is no.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Whether plain http is taken, which everybody on the way can read. Default is no.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>The networks beside the public Internet that may be asked. Default is none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>
    /// Says what an address itself breaks of the rule; null if nothing. What its host's name leads to is judged when it
    /// is connected to.
    /// </summary>
    public string? FaultOf(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || !IsSchemeAllowed(address))
        {
            return AllowHttp ? "only https and http are." : AllowLoopback
                ? "only https is, and http on this machine."
                : "only https is.";
        }

        if (address.UserInfo.Length > 0) return "the address has a login in it.";
        string host = PublicAddresses.Bare(address.IdnHost);
        bool isAllowed = IPAddress.TryParse(host, out var literal)
            ? Allows(literal)
            : PublicAddresses.MayBeNamed(host) || MayNameAllowed(host);
        return isAllowed ? null : "it is not a public address.";
    }

    /// <summary>Tells whether an address of a machine may be connected to.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return PublicAddresses.Contain(address) || (AllowLoopback && IPAddress.IsLoopback(address))
            || AllowedNetworks.Any(network => network.Contains(address));
    }

    /// <summary>Makes what connects to allowed addresses only, and follows nothing.</summary>
    public SocketsHttpHandler CreateHandler() => CreateHandler(Dns.GetHostAddressesAsync);

    /// <summary>Makes what connects to allowed addresses only, and follows nothing.</summary>
    /// <param name="lookUpAsync">What finds a host's addresses.</param>
    internal SocketsHttpHandler CreateHandler(Func<string, CancellationToken, Task<IPAddress[]>> lookUpAsync) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A proxy would look names up itself, past the rule; and an answer's size is judged as it is sent.
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = async (context, cancellationToken) =>
        {
            // Looked up, judged and connected to here: a name that was judged elsewhere could mean another address
            // by now.
            var addresses = await lookUpAsync(context.DnsEndPoint.Host, cancellationToken);
            if (addresses.Length == 0 || !Array.TrueForAll(addresses, Allows))
            {
                throw new FetchException(
                    $"{context.DnsEndPoint.Host} is not a public address: nothing is asked there.");
            }

            return await ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
        },
    };

    /// <summary>Whoever opened a network gives its machines names of his own.</summary>
    private bool MayNameAllowed(string host) => AllowLoopback || (AllowedNetworks.Count > 0
        && (!host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || Allows(IPAddress.Loopback) || Allows(IPAddress.IPv6Loopback)));

    private bool IsSchemeAllowed(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps
        || (address.Scheme == Uri.UriSchemeHttp && (AllowHttp || (AllowLoopback && address.IsLoopback)));

    private static async ValueTask<Stream> ConnectAsync(
        IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
