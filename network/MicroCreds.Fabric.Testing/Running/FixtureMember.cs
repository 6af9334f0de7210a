using Grpc.Net.Client;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>One organisation's way into a fixture's network.</summary>
internal sealed class FixtureMember : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly PrivateKeySigner _signer;

    private FixtureMember(GrpcChannel channel, PrivateKeySigner signer, FabricGateway gateway) =>
        (_channel, _signer, Gateway) = (channel, signer, gateway);

    public FabricGateway Gateway { get; }

    /// <exception cref="FabricTestException">A file is missing, or not what it should be.</exception>
    public static FixtureMember Open(string mspId, GivenMember member, TimeProvider time)
    {
        GrpcChannel? channel = null;
        PrivateKeySigner? signer = null;
        try
        {
            channel = PeerChannel.Open(new PeerChannelOptions
            {
                Endpoint = member.Peer,
                TlsCaPem = File.ReadAllText(member.TlsCa),
                HostNameOverride = member.HostName,
            });
            signer = PrivateKeySigner.FromPemFile(member.Key);
            var gateway = FabricGateway.Connect(new GatewayOptions
            {
                Channel = channel,
                Identity = X509Identity.FromPemFile(mspId, member.Certificate),
                Signer = signer,
                TimeProvider = time,
            });
            return new FixtureMember(channel, signer, gateway);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IOException
            or UnauthorizedAccessException)
        {
            channel?.Dispose();
            signer?.Dispose();
            throw new FabricTestException($"The gateway of {mspId} cannot be opened: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        Gateway.Dispose();
        _channel.Dispose();
        _signer.Dispose();
    }
}
