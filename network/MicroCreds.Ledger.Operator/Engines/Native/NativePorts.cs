using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// The addresses beside those of consortium.json that real peers and orderers listen on, all on loopback: by default
/// those next to the node's own.
/// </summary>
internal sealed record NativePorts
{
    private const int ChaincodeOffset = 1;
    private const int PeerOperationsOffset = 2;
    private const int OrdererAdminOffset = 5;
    private const int OrdererOperationsOffset = 6;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>By MSP id, where a peer waits for chaincode that would dial it.</summary>
    public required IReadOnlyDictionary<string, string> Chaincode { get; init; }

    /// <summary>By MSP id, a peer's metrics and health.</summary>
    public required IReadOnlyDictionary<string, string> PeerOperations { get; init; }

    /// <summary>By host name, where an orderer is told of channels.</summary>
    public required IReadOnlyDictionary<string, string> OrdererAdmin { get; init; }

    /// <summary>By host name, an orderer's metrics and health.</summary>
    public required IReadOnlyDictionary<string, string> OrdererOperations { get; init; }

    /// <summary>The addresses next to those of the consortium's description.</summary>
    public static NativePorts NextTo(Consortium consortium) => NextTo(
        [.. consortium.OwnOrganizations()], consortium.Orderer.RunsElsewhere ? [] : OrderersOf(consortium));

    /// <summary>The addresses next to that of one peer.</summary>
    public static NativePorts NextTo(OrganizationSettings organization) => NextTo([organization], []);

    private static NativePorts NextTo(
        IReadOnlyList<OrganizationSettings> organizations, IReadOnlyList<(string Host, string Endpoint)> orderers) =>
        new()
        {
            Chaincode = organizations.ToDictionary(o => o.MspId, o => Next(o.Peer, ChaincodeOffset)),
            PeerOperations = organizations.ToDictionary(o => o.MspId, o => Next(o.Peer, PeerOperationsOffset)),
            OrdererAdmin = orderers.ToDictionary(o => o.Host, o => Next(o.Endpoint, OrdererAdminOffset)),
            OrdererOperations = orderers.ToDictionary(o => o.Host, o => Next(o.Endpoint, OrdererOperationsOffset)),
        };

    /// <summary>
    /// Settles every port of the network, those of the description too, and writes the further ones down.
    /// </summary>
    /// <param name="consortium">As described, or as it was settled the last time.</param>
    /// <param name="files">Where the network lies.</param>
    /// <param name="freePorts">Whether a taken port may be replaced by a free one.</param>
    /// <param name="settleMore">Settles what an engine has beside peers and orderers.</param>
    /// <exception cref="OperatorException">Ports are taken and may not be replaced; all are named.</exception>
    public static Consortium SettleAll(
        Consortium consortium, NativeFiles files, bool freePorts, Action<Ports, Consortium>? settleMore = null)
    {
        // The channel's configuration and the chaincode's package name addresses: once made, they stay.
        bool made = File.Exists(files.GenesisBlock);
        var ports = new Ports(replace: freePorts && !made);
        var settled = ports.Settle(consortium);
        settled = settled.Orderer.RunsElsewhere ? settled : settled with
        {
            Orderer = settled.Orderer with
            {
                FurtherEndpoints = [.. settled.Orderer.FurtherEndpoints.Zip(
                    settled.Orderer.HostNames().Skip(1), (endpoint, host) => ports.Settle(endpoint, host))],
            },
        };
        var further = (TryRead(files.Ports) ?? NextTo(settled)).Settle(ports.Settle);
        settleMore?.Invoke(ports, settled);
        ports.ThrowIfTaken();
        further.Write(files.Ports);
        return settled;
    }

    /// <summary>The orderers' host names and addresses.</summary>
    public static IReadOnlyList<(string Host, string Endpoint)> OrderersOf(Consortium consortium) =>
        [.. consortium.Orderer.HostNames().Zip([consortium.Orderer.Endpoint, .. consortium.Orderer.FurtherEndpoints])];

    /// <summary>The same with every address looked at by <paramref name="check"/>, which may give another.</summary>
    public NativePorts Settle(Func<string, string, string> check)
    {
        Dictionary<string, string> Each(IReadOnlyDictionary<string, string> endpoints, string use) =>
            endpoints.ToDictionary(entry => entry.Key, entry => check(entry.Value, $"{use} of {entry.Key}"));

        return new NativePorts
        {
            Chaincode = Each(Chaincode, "the chaincode listener"),
            PeerOperations = Each(PeerOperations, "the metrics"),
            OrdererAdmin = Each(OrdererAdmin, "the admin endpoint"),
            OrdererOperations = Each(OrdererOperations, "the metrics"),
        };
    }

    /// <summary>Gives a newcomer's peer the further addresses that it listens on, and writes them down.</summary>
    public static void AddNewcomer(NativeFiles files, OrganizationSettings newcomer)
    {
        var ports = new Ports(replace: true);
        Read(files.Ports).With(newcomer.MspId, NextTo(newcomer), ports.Settle).Write(files.Ports);
    }

    /// <summary>The same with a newcomer's peer, each address looked at by <paramref name="check"/>.</summary>
    private NativePorts With(string mspId, NativePorts newcomer, Func<string, string, string> check) => this with
    {
        Chaincode = new Dictionary<string, string>(Chaincode)
        {
            [mspId] = check(newcomer.Chaincode[mspId], "the newcomer's chaincode listener"),
        },
        PeerOperations = new Dictionary<string, string>(PeerOperations)
        {
            [mspId] = check(newcomer.PeerOperations[mspId], "the newcomer's metrics"),
        },
    };

    /// <exception cref="OperatorException">The file is not there.</exception>
    public static NativePorts Read(string file) => TryRead(file)
        ?? throw new OperatorException($"{file} is missing: restore it, or wipe the network.");

    public static NativePorts? TryRead(string file) =>
        File.Exists(file) ? StateFile.Read<NativePorts>(file, Json, "without one, wipe the network") : null;

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string Next(string endpoint, int offset)
    {
        var address = System.Net.IPEndPoint.Parse(endpoint);
        return address.Port == 0 ? endpoint : $"{address.Address}:{address.Port + offset}";
    }
}
