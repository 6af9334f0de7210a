using Grpc.Net.Client;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>A scenario's connection to one peer, as one user.</summary>
internal sealed class ScenarioGateway(ScenarioNetwork network, string mspId, string user, bool withSigner) : IDisposable
{
    private readonly List<IDisposable> _opened = [];
    private FabricGateway? _gateway;

    public FabricGateway Gateway => _gateway ?? throw new InvalidOperationException("The gateway is not connected.");

    public FabricNetwork Network => Gateway.GetNetwork(ScenarioNetwork.Channel);

    public void Connect(string peer)
    {
        string ca = Path.Combine(
            network.DirectoryOf(mspId), "tlsca", $"tlsca.{ScenarioNetwork.DomainOf(mspId)}-cert.pem");
        GrpcChannel channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = network.EndpointOf(peer),
            TlsCaPem = File.ReadAllText(ca),
            HostNameOverride = peer,
        });
        _opened.Add(channel);
        _gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = X509Identity.FromPemFile(
                mspId, Directory.GetFiles(Path.Combine(MspOf(mspId, user), "signcerts")).Single()),
            Signer = withSigner ? SignerOf(mspId, user) : null,
        });
        _opened.Add(_gateway);
    }

    /// <summary>A signer of any user of any organisation.</summary>
    public PrivateKeySigner SignerOf(string owner, string name)
    {
        var signer = PrivateKeySigner.FromPemFile(
            Directory.GetFiles(Path.Combine(MspOf(owner, name), "keystore")).Single());
        _opened.Add(signer);
        return signer;
    }

    public void Dispose()
    {
        _opened.Reverse();
        _opened.ForEach(one => one.Dispose());
    }

    private string MspOf(string owner, string name) => Path.Combine(
        network.DirectoryOf(owner), "users", $"{name}@{ScenarioNetwork.DomainOf(owner)}", "msp");
}
