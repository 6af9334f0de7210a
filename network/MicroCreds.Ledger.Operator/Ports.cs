using System.Net;
using System.Net.Sockets;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator;

/// <summary>Makes sure, before anything starts, that every port of the consortium is free.</summary>
/// <param name="replace">Whether a taken port is replaced by a free one.</param>
internal sealed class Ports(bool replace)
{
    // Below the range that systems give to outgoing connections: one of those would take the port of who is restarted.
    private const int LowestFree = 20_000;
    private const int HighestFree = 32_000;

    private readonly List<string> _taken = [];
    private readonly Dictionary<int, string> _given = [];

    /// <summary>Returns the consortium with ports that are free now; see <see cref="ThrowIfTaken"/>.</summary>
    public Consortium Settle(Consortium consortium) => consortium with
    {
        Orderer = consortium.Orderer.RunsElsewhere
            ? consortium.Orderer
            : consortium.Orderer with { Endpoint = Settle(consortium.Orderer.Endpoint, "the orderer") },
        Organizations = [.. consortium.Organizations.Select(organization => organization.RunsElsewhere
            ? organization
            : organization with
            {
                Peer = Settle(organization.Peer, $"the peer of {organization.Name}"),
                Gateway = Settle(GatewayOf(organization), $"the gateway of {organization.Name}"),
                GatewayOperations = organization.GatewayOperations is { } operations
                    ? Settle(operations, $"the operators' port of the gateway of {organization.Name}")
                    : null,
            })],
        Chaincodes = [.. consortium.Chaincodes.Select(chaincode => chaincode with
        {
            Servers = chaincode.Name == Up.ChaincodeName
                ? chaincode.Servers.ToDictionary(
                    server => server.Key, server => Settle(server.Value, $"the chaincode server of {server.Key}"))
                : chaincode.Servers,
        })],
    };

    /// <summary>Returns the address, or one whose port is free (always for port 0); remembers what is taken.</summary>
    public string Settle(string endpoint, string use)
    {
        var address = IPEndPoint.Parse(endpoint);
        bool twice = _given.TryGetValue(address.Port, out string? other);
        if (!twice && IsFree(address))
        {
            _given[address.Port] = use;
            return endpoint;
        }

        if (!replace && address.Port != 0)
        {
            _taken.Add(twice ? $"  {endpoint} ({use}, but also {other})" : $"  {endpoint} ({use})");
            return endpoint;
        }

        int port = FreePort(address.Address);
        _given[port] = use;
        return $"{address.Address}:{port}";
    }

    /// <exception cref="OperatorException">Ports are taken and may not be replaced; all are named.</exception>
    public void ThrowIfTaken()
    {
        if (_taken.Count > 0)
        {
            throw new OperatorException(
                $"These ports are taken:\n{string.Join('\n', _taken)}\n"
                + "Stop who holds them (scripts/down.sh, if it is this network), or let up.sh choose others with "
                + "--free-ports; the ports of a network of Fabric's own peers are chosen once, when it is made.");
        }
    }

    public static string GatewayOf(OrganizationSettings organization) => organization.Gateway
        ?? throw new OperatorException($"{organization.MspId} has no \"gateway\" in consortium.json: give it one.");

    /// <summary>Whether something listens at every one of these addresses.</summary>
    public static async Task<bool> AreListeningAsync(IEnumerable<string> endpoints, CancellationToken cancellation)
    {
        foreach (string endpoint in endpoints)
        {
            var address = IPEndPoint.Parse(endpoint);
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, cancellation);
            }
            catch (SocketException)
            {
                return false; // Not listening yet.
            }
        }

        return true;
    }

    private static bool IsFree(IPEndPoint endpoint)
    {
        if (endpoint.Port == 0)
        {
            return false;
        }

        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int FreePort(IPAddress address)
    {
        for (int i = LowestFree; i < HighestFree; i++)
        {
            int port = Random.Shared.Next(LowestFree, HighestFree);
            if (!_given.ContainsKey(port) && IsFree(new IPEndPoint(address, port)))
            {
                return port;
            }
        }

        throw new OperatorException($"No port between {LowestFree} and {HighestFree} of {address} is free.");
    }
}
