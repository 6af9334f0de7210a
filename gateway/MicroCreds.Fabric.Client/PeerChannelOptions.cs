using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.Client;

/// <summary>How to reach a peer.</summary>
public sealed record PeerChannelOptions
{
    /// <summary>The largest message that Fabric's nodes take by default: 100 MiB.</summary>
    public const int DefaultMaxMessageBytes = 100 * 1024 * 1024;

    /// <summary>The shortest interval between keep-alive pings that a peer puts up with: 60 seconds.</summary>
    public static readonly TimeSpan MinKeepAliveInterval = TimeSpan.FromSeconds(60);

    /// <summary>The peer's address as host and port, such as "peer0.org1.example.com:7051".</summary>
    public required string Endpoint { get; init; }

    /// <summary>
    /// The certificates, in PEM, of the authorities that vouch for the peer's TLS certificate. Default is null: those
    /// that the operating system trusts.
    /// </summary>
    public string? TlsCaPem { get; init; }

    /// <summary>
    /// The host name that the peer's TLS certificate must hold, where it is not the endpoint's. Default is null.
    /// </summary>
    public string? HostNameOverride { get; init; }

    /// <summary>The client's certificate with its private key, for mutual TLS. Default is null: none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// Whether to do without TLS: only where the peer does, and never across a network. Default is false.
    /// </summary>
    public bool Plaintext { get; init; }

    /// <summary>
    /// How long nothing may come from the peer before it is pinged. Default is 2 minutes, the least is
    /// <see cref="MinKeepAliveInterval"/>.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long the peer may take to answer a ping before the connection counts as lost. Default is 20 s.
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long connecting may take. Default is 15 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The largest message, in bytes, to send and to receive. Default is 100 MiB.</summary>
    public int MaxMessageBytes { get; init; } = DefaultMaxMessageBytes;

    /// <exception cref="ArgumentException">Names every fault of the options.</exception>
    internal void Validate()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The peer channel options are wrong: {string.Join(" ", faults)}");
        }
    }

    private IEnumerable<string> Faults()
    {
        if (!IsHostAndPort(Endpoint))
        {
            yield return $"Endpoint is \"{Endpoint}\": it must be host:port, such as "
                + "peer0.org1.example.com:7051; an IPv6 address is in brackets, an IPv4 address of four numbers.";
        }

        if (HostNameOverride is not null && !IsHost(HostNameOverride))
            yield return $"HostNameOverride is \"{HostNameOverride}\": it must be a host name, without a port.";

        if (Plaintext && (TlsCaPem ?? HostNameOverride ?? (object?)ClientCertificate) is not null)
            yield return "Plaintext excludes TlsCaPem, HostNameOverride and ClientCertificate.";

        if (ClientCertificate is { HasPrivateKey: false })
            yield return "ClientCertificate has no private key.";

        if (KeepAliveInterval < MinKeepAliveInterval && KeepAliveInterval != Timeout.InfiniteTimeSpan)
            yield return $"KeepAliveInterval is {KeepAliveInterval}: peers refuse pings more often than once a minute.";

        if (KeepAliveTimeout <= TimeSpan.Zero)
            yield return $"KeepAliveTimeout is {KeepAliveTimeout}: it must be positive.";

        if (ConnectTimeout <= TimeSpan.Zero)
            yield return $"ConnectTimeout is {ConnectTimeout}: it must be positive.";

        if (MaxMessageBytes <= 0)
            yield return $"MaxMessageBytes is {MaxMessageBytes}: it must be positive.";
    }

    private static bool IsHostAndPort(string? endpoint)
    {
        int colon = endpoint?.LastIndexOf(':') ?? -1;
        return colon > 0
            && ushort.TryParse(
                endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port > 0
            && IsHost(endpoint![..colon]);
    }

    private static bool IsHost(string host)
    {
        if (host is ['[', .. var bracketed, ']'])
            return Uri.CheckHostName(bracketed) == UriHostNameType.IPv6;

        // Short and other forms of an address are completed to one that nobody meant.
        return IPAddress.TryParse(host, out var address)
            ? address.ToString() == host && Uri.CheckHostName(host) == UriHostNameType.IPv4
            : Uri.CheckHostName(host) == UriHostNameType.Dns;
    }
}
