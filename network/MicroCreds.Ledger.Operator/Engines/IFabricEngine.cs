using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>
/// An engine on Fabric's own peers and orderers, whose network changes while it runs. Its parts are processes or
/// containers, named alike: a host name for an orderer; peer-, chaincode- and gateway- with an MSP id.
/// </summary>
internal interface IFabricEngine : IEngine
{
    /// <summary>
    /// The consortium by the addresses that its nodes have of each other: what the channel's configuration and the
    /// chaincode's packages hold.
    /// </summary>
    Consortium SeenByNodes(Consortium consortium);

    /// <summary>The consortium for commands of this machine: only chaincode servers are dialled by nodes.</summary>
    Consortium SeenByCommands(Consortium consortium) =>
        consortium with { Chaincodes = SeenByNodes(consortium).Chaincodes };

    /// <summary>Has this network's identities made by enrolment at Fabric CA servers.</summary>
    /// <exception cref="OperatorException">The network was made without them.</exception>
    void UseAuthorities();

    /// <summary>Starts Fabric CA servers of a consortium, those that are down; returns once they answer.</summary>
    Task StartAuthoritiesAsync(
        Consortium consortium, IReadOnlyList<FabricCaServer> servers, CancellationToken cancellation);

    /// <summary>Names the parts that run.</summary>
    Task<IReadOnlyList<string>> ListRunningAsync(CancellationToken cancellation);

    /// <summary>Starts one orderer; returns once it answers.</summary>
    Task StartOrdererAsync(Consortium consortium, string host, CancellationToken cancellation);

    /// <summary>Starts one peer; returns once it answers.</summary>
    Task StartPeerAsync(Consortium consortium, OrganizationSettings organization, CancellationToken cancellation);

    /// <summary>Joins a peer to the channel that a block begins, unless it has joined.</summary>
    Task JoinPeerAsync(
        Consortium consortium, OrganizationSettings organization, string genesisBlock, CancellationToken cancellation);

    /// <summary>Starts an institution's chaincode server and gateway; returns once the gateway answers.</summary>
    Task StartInstitutionAsync(
        Consortium consortium, NetworkFile network, OrganizationSettings organization,
        CancellationToken cancellation);

    /// <summary>Stops parts, those that run; what they keep stays.</summary>
    Task StopPartsAsync(IReadOnlyList<string> parts, CancellationToken cancellation);

    /// <summary>Stops a former member's parts for good; what they keep stays until the network is wiped.</summary>
    Task RetireAsync(Consortium remaining, OrganizationSettings former, CancellationToken cancellation);

    /// <summary>Asks a peer how many blocks of the channel it has; null if it does not answer.</summary>
    Task<ulong?> ReadPeerHeightAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation);

    /// <summary>Where an institution's ledger and store are kept, while its peer and gateway are stopped.</summary>
    IInstitutionData DataOf(OrganizationSettings organization);
}
