using Grpc.Net.Client;
using MicroCreds.Fabric.Client;

namespace AssetTransfer.Application;

/// <summary>A connection with what cryptogen, Fabric CA's client or the embedded network leave in a user's folder.
/// </summary>
internal sealed class SampleConnection : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly PrivateKeySigner _signer;

    private SampleConnection(string peer, string tlsCaFile, string mspId, string userMsp)
    {
        MspId = mspId;
        _channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = peer,
            TlsCaPem = File.ReadAllText(tlsCaFile),
            HostNameOverride = Environment.GetEnvironmentVariable("PEER_HOST_ALIAS"),
        });
        _signer = PrivateKeySigner.FromPemFile(Directory.GetFiles(Path.Combine(userMsp, "keystore")).Single());
        Gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = _channel,
            Identity = X509Identity.FromPemFile(
                mspId, Directory.GetFiles(Path.Combine(userMsp, "signcerts")).Single()),
            Signer = _signer,
        });
    }

    public FabricGateway Gateway { get; }

    public ISigner Signer => _signer;

    public string MspId { get; }

    public string BuyerMspId { get; } = Environment.GetEnvironmentVariable("BUYER_MSP_ID") ?? "Org2MSP";

    public string ChannelName { get; } = Environment.GetEnvironmentVariable("CHANNEL_NAME") ?? "mychannel";

    public string ChaincodeName { get; } = Environment.GetEnvironmentVariable("CHAINCODE_NAME") ?? "assets";

    public static SampleConnection FromEnvironment() => new(
        Required("PEER_ENDPOINT"), Required("TLS_CERT_PATH"), Required("MSP_ID"), Required("USER_MSP_PATH"));

    public void Dispose()
    {
        Gateway.Dispose();
        _signer.Dispose();
        _channel.Dispose();
    }

    private static string Required(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"Set {name}: the README says to what.");
}
