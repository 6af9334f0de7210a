using System.Globalization;
using System.Net;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Reads addresses of the form host:port that must lie on this machine.</summary>
internal static class LoopbackEndpoint
{
    /// <summary>Reads an address that was checked before.</summary>
    public static (string Host, int Port) Parse(string endpoint) =>
        Check(endpoint, out string host, out int port) is { } fault
            ? throw new FormatException(fault)
            : (host, port);

    /// <summary>Reads an address; returns what is wrong with it, or null.</summary>
    public static string? Check(string? endpoint, out string host, out int port)
    {
        (host, port) = ("", 0);
        int colon = endpoint?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !int.TryParse(
                endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port > IPEndPoint.MaxPort)
        {
            return $"'{endpoint}' is not an address of the form 127.0.0.1:7051";
        }

        host = endpoint![..colon];
        bool loopback = host == "localhost"
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return loopback
            ? null
            : $"'{endpoint}' is not on the loopback interface: this is a development and test tool, which must not be "
                + "reached from other machines; use 127.0.0.1";
    }

    /// <summary>Returns the IP address to listen on.</summary>
    public static IPAddress AddressOf(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host.Trim('[', ']'));
}
