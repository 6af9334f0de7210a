using System.Globalization;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Describes a consortium: the content of consortium.json.</summary>
public sealed record Consortium
{
    /// <summary>The consortium's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The channel that all organisations share.</summary>
    public required string Channel { get; init; }

    /// <summary>When blocks are cut.</summary>
    public BatchSettings Batch { get; init; } = new();

    /// <summary>The ordering organisation.</summary>
    public required OrdererSettings Orderer { get; init; }

    /// <summary>The member organisations, each with a peer or several.</summary>
    public required IReadOnlyList<OrganizationSettings> Organizations { get; init; }

    /// <summary>The chaincodes that are defined on the channel.</summary>
    public IReadOnlyList<ChaincodeSettings> Chaincodes { get; init; } = [];

    /// <summary>Lists the organisations that run here, see <see cref="OrganizationSettings.RunsElsewhere"/>.</summary>
    /// <returns>All of them, unless some are said to run elsewhere.</returns>
    public IEnumerable<OrganizationSettings> OwnOrganizations() =>
        Organizations.Where(organization => !organization.RunsElsewhere);
}

/// <summary>Says when a block is cut.</summary>
public sealed record BatchSettings
{
    /// <summary>The most transactions in a block. Default is 500.</summary>
    public int MaxMessageCount { get; init; } = 500;

    /// <summary>The bytes of envelopes after which a block is cut. Default is 2 MiB.</summary>
    public int PreferredMaxBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>The largest envelope that is accepted, in bytes. Default is 10 MiB.</summary>
    public int AbsoluteMaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How long the first transaction of a block waits for others. Default is 200 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Whether a block is cut as soon as no envelope waits and no block is being written. Default is true. Real
    /// orderers have no such setting.
    /// </summary>
    public bool CutWhenIdle { get; init; } = true;
}

/// <summary>Describes the ordering organisation.</summary>
public sealed record OrdererSettings
{
    /// <summary>Agreement among orderers of whom some may crash.</summary>
    public const string RaftConsensus = "raft";

    /// <summary>Agreement among orderers of whom fewer than a third may lie.</summary>
    public const string BftConsensus = "bft";

    /// <summary>The MSP id, for instance OrdererMSP.</summary>
    public required string MspId { get; init; }

    /// <summary>The DNS domain that names its certificates.</summary>
    public required string Domain { get; init; }

    /// <summary>Where the orderer listens: a loopback address and a port (0 for any free one).</summary>
    public required string Endpoint { get; init; }

    /// <summary>
    /// Where the further orderers of a cluster listen. Default is none. The embedded network has one orderer and
    /// leaves these alone.
    /// </summary>
    public IReadOnlyList<string> FurtherEndpoints { get; init; } = [];

    /// <summary>
    /// How the orderers of a cluster agree: <c>raft</c>, or <c>bft</c> (since Fabric 3.0, with four orderers or more).
    /// Default is <c>raft</c>. The embedded network has nothing to agree on.
    /// </summary>
    public string Consensus { get; init; } = RaftConsensus;

    /// <summary>
    /// Whether others run the orderers, and hold their keys. Default is false. The embedded network runs everybody.
    /// </summary>
    public bool RunsElsewhere { get; init; }

    /// <summary>Names the orderers' hosts within the domain, in the order of their endpoints.</summary>
    /// <returns>orderer, orderer2, orderer3 …</returns>
    public IEnumerable<string> HostNames() => Enumerable.Range(1, 1 + FurtherEndpoints.Count)
        .Select(number => number == 1 ? "orderer" : string.Create(CultureInfo.InvariantCulture, $"orderer{number}"));
}

/// <summary>Describes a member organisation.</summary>
public sealed record OrganizationSettings
{
    /// <summary>The MSP id, for instance AuroraMSP.</summary>
    public required string MspId { get; init; }

    /// <summary>The organisation's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The DNS domain that names its certificates.</summary>
    public required string Domain { get; init; }

    /// <summary>The ISO 3166 country code. Default is none.</summary>
    public string? Country { get; init; }

    /// <summary>The web site. Default is none.</summary>
    public string? Website { get; init; }

    /// <summary>What the organisation is, for instance university. Default is none.</summary>
    public string? Kind { get; init; }

    /// <summary>Where its peer listens: a loopback address and a port (0 for any free one).</summary>
    public required string Peer { get; init; }

    /// <summary>
    /// Where its further peers listen: peer1, peer2 and so on. Default is none. The native and docker engines run one
    /// peer and leave these alone.
    /// </summary>
    public IReadOnlyList<string> FurtherPeers { get; init; } = [];

    /// <summary>Where its gateway service listens; the network itself does not use it. Default is none.</summary>
    public string? Gateway { get; init; }

    /// <summary>
    /// Where its gateway answers operators, apart from all else (metrics, readiness). Default is none: where it
    /// listens.
    /// </summary>
    public string? GatewayOperations { get; init; }

    /// <summary>
    /// Whether others run it, and hold its keys. Default is false. The embedded network runs everybody.
    /// </summary>
    public bool RunsElsewhere { get; init; }

    /// <summary>Names its peers within the domain, in the order of their endpoints.</summary>
    /// <returns>peer0, peer1 …</returns>
    public IEnumerable<string> HostNames() => Enumerable.Range(0, 1 + FurtherPeers.Count)
        .Select(number => string.Create(CultureInfo.InvariantCulture, $"peer{number}"));
}

/// <summary>Describes a chaincode and its servers.</summary>
public sealed record ChaincodeSettings
{
    /// <summary>The chaincode's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version that peers record in endorsements. Default is 1.0.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>The endorsement policy, for instance <c>OutOf(2, 'AMSP.peer', 'BMSP.peer')</c>.</summary>
    public required string EndorsementPolicy { get; init; }

    /// <summary>How long one invocation may take. Default is 30 s.</summary>
    public TimeSpan ExecuteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The address of each organisation's chaincode server, by MSP id.</summary>
    public required IReadOnlyDictionary<string, string> Servers { get; init; }

    /// <summary>Whether peers dial the servers with mutual TLS. Default is true.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>
    /// Its private data collections. Default is none but the implicit ones, <c>_implicit_org_MSPID</c>, one for each
    /// organisation.
    /// </summary>
    public IReadOnlyList<CollectionSettings> Collections { get; init; } = [];
}
