using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Reads the address a server listens at.</summary>
internal static class ServerAddress
{
    public static string? Fault(string address)
    {
        try
        {
            Parse(address);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <exception cref="FormatException">Says what is wrong with it.</exception>
    public static IPEndPoint Parse(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(
                address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new FormatException(
                $"The address '{address}' is not host:port with a port from 0 to 65535, such as 0.0.0.0:9999.");
        }

        string host = address[..colon];
        if (host.Length == 0)
        {
            return new IPEndPoint(IPAddress.Any, port);
        }

        return new IPEndPoint(IPAddress.TryParse(host, out var ip) ? ip : Resolve(address, host), port);
    }

    private static IPAddress Resolve(string address, string host)
    {
        try
        {
            var found = Dns.GetHostAddresses(host);
            return found.FirstOrDefault(ip => ip.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new FormatException($"The host of the address '{address}' is not known: {e.Message}", e);
        }
    }
}
