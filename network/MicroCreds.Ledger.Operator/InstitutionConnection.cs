using System.Security.Cryptography;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.Operator;

/// <summary>An institution's own user, connected to its own peer.</summary>
internal sealed class InstitutionConnection : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly GrpcChannel _channel;
    private readonly PrivateKeySigner _signer;
    private readonly FabricGateway _gateway;

    /// <exception cref="OperatorException">The user's files are missing, or do not belong together.</exception>
    public InstitutionConnection(NetworkFile network, InstitutionEntry institution)
    {
        try
        {
            _channel = PeerChannel.Open(new PeerChannelOptions
            {
                Endpoint = institution.PeerEndpoint,
                TlsCaPem = File.ReadAllText(institution.PeerTlsCa),
            });
            _signer = PrivateKeySigner.FromPemFile(institution.UserKey);
            _gateway = FabricGateway.Connect(new GatewayOptions
            {
                Channel = _channel,
                Identity = X509Identity.FromPemFile(institution.MspId, institution.UserCert),
                Signer = _signer,
                EvaluateTimeout = CallTimeout,
                BlockEventsTimeout = CallTimeout,
            });
        }
        catch (Exception exception)
            when (exception is IOException or ArgumentException or FormatException or CryptographicException)
        {
            _signer?.Dispose();
            _channel?.Dispose();
            throw new OperatorException(
                $"The user of {institution.MspId} cannot ask its peer: {exception.Message}\n"
                + "scripts/doctor.sh looks at its certificate and key.");
        }

        Network = _gateway.GetNetwork(network.Channel);
        Contract = Network.GetContract(network.Chaincode);
    }

    public FabricNetwork Network { get; }

    public FabricContract Contract { get; }

    public void Dispose()
    {
        _gateway.Dispose();
        _signer.Dispose();
        _channel.Dispose();
    }
}
