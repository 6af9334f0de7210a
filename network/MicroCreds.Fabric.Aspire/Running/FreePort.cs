using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Fabric.Aspire.Running;

/// <summary>Finds ports for servers whose address others must know before they start. Thread-safe.</summary>
/// <remarks>
/// They lie below those that systems give out by themselves: an outgoing connection would take one of those before the
/// server binds it.
/// </remarks>
internal static class FreePort
{
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>Gives a loopback address that nobody listens at now, and gives it only once.</summary>
    public static string TakeAddress()
    {
        lock (Given)
        {
            while (true)
            {
                int port = Random.Shared.Next(Lowest, Highest);
                if (Given.Add(port) && IsFree(port)) return FormattableString.Invariant($"127.0.0.1:{port}");
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
