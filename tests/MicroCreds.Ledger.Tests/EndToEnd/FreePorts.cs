using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// Ports for servers whose address others must know beforehand. They lie below those that systems give out by
/// themselves: another's port 0, or an outgoing connection, would take one of those before the server binds it.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 12_000;
    private const int Highest = 20_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>Gives an address on loopback that nothing listens at, and gives it only once.</summary>
    public static string TakeAddress() => $"127.0.0.1:{Take()}";

    /// <summary>Gives the port alone, of such an address.</summary>
    public static int Take()
    {
        lock (Given)
        {
            while (true)
            {
                int port = Random.Shared.Next(Lowest, Highest);
                if (Given.Add(port) && IsFree(port)) return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
