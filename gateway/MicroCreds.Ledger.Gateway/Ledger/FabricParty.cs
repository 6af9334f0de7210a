using System.Text;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Signing;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>One Fabric identity of the institution, with its view of the channel and the contract.</summary>
internal sealed class FabricParty : IDisposable
{
    private readonly FabricGateway _gateway;
    private readonly ISigner _signer;
    private readonly X509Identity _identity;

    private FabricParty(
        GatewayServiceOptions options, ChannelBase channel, X509Identity identity, ISigner signer,
        ILoggerFactory? loggers)
    {
        _signer = signer;
        _identity = identity;
        _gateway = FabricGateway.Connect(
            new GatewayOptions { Channel = channel, Identity = identity, Signer = signer, LoggerFactory = loggers });
        Network = _gateway.GetNetwork(options.Channel);
        Contract = Network.GetContract(options.Chaincode);
    }

    public FabricNetwork Network { get; }

    public FabricContract Contract { get; }

    /// <summary>Reads an identity; what is wrong with it is added to the faults.</summary>
    public static FabricParty? Open(
        GatewayServiceOptions options, KeyPlaces places, ChannelBase channel, string certificate, string key,
        string settings, List<string> faults, ILoggerFactory? loggers)
    {
        try
        {
            var identity = X509Identity.FromPemFile(options.MspId, certificate);
            ISigner signer = places.Find(key) is { } placed
                ? new PlacedFabricSigner(placed, certificate)
                : PrivateKeySigner.FromPemFile(key);
            return new FabricParty(options, channel, identity, signer, loggers);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or IOException)
        {
            faults.Add($"{settings}: {exception.Message}");
            return null;
        }
    }

    /// <summary>Signs a message, and gives the certificate that the signature is verified with.</summary>
    public async ValueTask<(string Certificate, byte[] Signature)> SignAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var digest = _signer is PrivateKeySigner { SignsWholeMessage: true } ? message : Hashes.Sha256(message.Span);
        return (
            Encoding.ASCII.GetString(_identity.Credentials.Span), await _signer.SignAsync(digest, cancellationToken));
    }

    public void Dispose()
    {
        _gateway.Dispose();
        (_signer as IDisposable)?.Dispose();
    }
}
