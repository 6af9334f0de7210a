using System.Security.Cryptography;
using System.Text;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>What the channel has agreed on for one chaincode, and where each organisation runs it.</summary>
internal sealed record ChaincodeDefinition
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>The chaincode's endorsement policy, which key-level policies override.</summary>
    public required SignaturePolicyEnvelope Policy { get; init; }

    /// <summary>The loopback address (host:port) of each organisation's chaincode server, by MSP id.</summary>
    public required IReadOnlyDictionary<string, string> Servers { get; init; }

    /// <summary>Whether the peers dial with mutual TLS.</summary>
    public required bool Tls { get; init; }

    /// <summary>How long one invocation may take.</summary>
    public required TimeSpan ExecuteTimeout { get; init; }

    /// <summary>Its private data collections by name, the implicit ones among them. Default is none.</summary>
    public IReadOnlyDictionary<string, CollectionDefinition> Collections { get; init; } =
        new Dictionary<string, CollectionDefinition>();

    /// <summary>What its package is called.</summary>
    public string Label => $"{Name}_{Version}";

    /// <summary>The id under which a server may register, besides the chaincode's name.</summary>
    public string PackageId => $"{Label}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Label)))}";

    /// <summary>Returns who must endorse changes of a collection, or null if there is no such collection.</summary>
    public SignaturePolicyEnvelope? PolicyOf(string collection) =>
        Collections.TryGetValue(collection, out var found) ? found.EndorsementPolicy ?? Policy : null;
}
