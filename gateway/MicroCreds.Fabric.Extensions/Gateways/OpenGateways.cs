using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MicroCreds.Fabric.Extensions.Gateways;

/// <summary>
/// The gateways of a host by their names, and the connections that they share. Made when they are first asked for.
/// Thread-safe.
/// </summary>
internal sealed class OpenGateways(IOptionsMonitor<FabricGatewaySettings> settings, IServiceProvider services)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FabricGateway> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<Wire, (GrpcChannel Channel, X509Certificate2? Tls)> _channels = [];
    private readonly List<IDisposable> _signers = [];

    /// <summary>How many connections the gateways share.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
            {
                return _channels.Count;
            }
        }
    }

    /// <exception cref="OptionsValidationException">The settings are wrong; the message names every fault.</exception>
    public FabricGateway Get(string name)
    {
        lock (_lock)
        {
            return _gateways.TryGetValue(name, out var gateway) ? gateway : _gateways[name] = Open(name);
        }
    }

    /// <exception cref="InvalidOperationException">The settings name no channel.</exception>
    public FabricNetwork GetNetwork(string name) => Get(name).GetNetwork(
        settings.Get(name).Channel ?? throw Missing(name, nameof(FabricGatewaySettings.Channel)));

    /// <exception cref="InvalidOperationException">The settings name no chaincode.</exception>
    public FabricContract GetContract(string name) => GetNetwork(name).GetContract(
        settings.Get(name).Chaincode ?? throw Missing(name, nameof(FabricGatewaySettings.Chaincode)),
        settings.Get(name).Contract);

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var gateway in _gateways.Values) gateway.Dispose();
            foreach (var (channel, tls) in _channels.Values)
            {
                channel.Dispose();
                tls?.Dispose();
            }

            foreach (var signer in _signers) signer.Dispose();
        }
    }

    private static InvalidOperationException Missing(string name, string setting) => new(
        $"{setting} is not set for the Fabric gateway{(name.Length == 0 ? "" : $" \"{name}\"")}: what is injected "
        + "needs it.");

    private FabricGateway Open(string name)
    {
        var chosen = settings.Get(name);
        var (channel, tls) = Connect(chosen);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        return FabricGateway.Connect(GatewayParts.Gateway(
            chosen, channel, tls, SignerOf(name, chosen), time, services.GetService<ILoggerFactory>()));
    }

    private (GrpcChannel Channel, X509Certificate2? Tls) Connect(FabricGatewaySettings chosen)
    {
        var wire = new Wire(
            chosen.Endpoint, chosen.TlsCaFile, chosen.HostNameOverride, chosen.Plaintext, chosen.TlsCertificateFile,
            chosen.TlsKeyFile);
        if (!_channels.TryGetValue(wire, out var open))
        {
            var options = GatewayParts.Channel(chosen);
            open = (PeerChannel.Open(options), options.ClientCertificate);
            _channels.Add(wire, open);
        }

        return open;
    }

    private ISigner SignerOf(string name, FabricGatewaySettings chosen)
    {
        if (chosen.KeyFile is null)
            return GatewayParts.RegisteredSigner(services, name)!;

        var signer = PrivateKeySigner.FromPemFile(chosen.KeyFile);
        _signers.Add(signer);
        return signer;
    }

    /// <summary>What makes two connections the same.</summary>
    private sealed record Wire(
        string Endpoint, string? TlsCaFile, string? HostNameOverride, bool Plaintext, string? TlsCertificateFile,
        string? TlsKeyFile);
}
