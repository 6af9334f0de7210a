using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Ledger.Credentials.Fetching;

/// <summary>The addresses of the public Internet (IANA's special-purpose registries).</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3",
        }.Select(IPNetwork.Parse),
    ];

    // Names that the public DNS does not know (RFC 6761, 6762, 8375, 9476), and what private networks use beside them.
    private static readonly string[] LocalNames = ["localhost", "local", "internal", "intranet", "lan", "home", "arpa"];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // Tunnels (2001::/32 lies in the first, 6to4 is the third) would reach IPv4 addresses unseen.
    private static readonly IPNetwork[] Special6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    /// <summary>Tells whether an address is one of these.</summary>
    public static bool Contain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Special4.Any(network => network.Contains(address)),
            AddressFamily.InterNetworkV6 =>
                Global6.Contains(address) && !Special6.Any(network => network.Contains(address)),
            _ => false,
        };
    }

    /// <summary>Tells whether a host's name can lead to one of these: not whether it does.</summary>
    /// <param name="host">A name of labels in ASCII; a dot at its end, as in DNS, makes no difference.</param>
    public static bool MayBeNamed(string host)
    {
        string[] labels = Bare(host).Split('.');
        return labels.Length > 1 && !labels[^1].All(char.IsAsciiDigit)
            && !LocalNames.Contains(labels[^1], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A host without the dot that DNS allows at the end.</summary>
    public static string Bare(string host) => host.EndsWith('.') ? host[..^1] : host;
}
