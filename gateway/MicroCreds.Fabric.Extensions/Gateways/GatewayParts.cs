using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Extensions.Gateways;

/// <summary>What a gateway is made of, as its settings name it.</summary>
internal static class GatewayParts
{
    public static PeerChannelOptions Channel(FabricGatewaySettings settings) => new()
    {
        Endpoint = settings.Endpoint,
        TlsCaPem = settings.TlsCaFile is null ? null : File.ReadAllText(settings.TlsCaFile),
        HostNameOverride = settings.HostNameOverride,
        Plaintext = settings.Plaintext,
        ClientCertificate = ClientCertificate(settings),
    };

    public static X509Identity Identity(FabricGatewaySettings settings) =>
        X509Identity.FromPemFile(settings.MspId, settings.CertificateFile);

    public static GatewayOptions Gateway(
        FabricGatewaySettings settings, Grpc.Core.ChannelBase channel, X509Certificate2? tls, ISigner signer,
        TimeProvider time, ILoggerFactory? loggers) => new()
        {
            Channel = channel,
            Identity = Identity(settings),
            Signer = signer,
            TlsClientCertificateHash = tls is null ? default : PeerChannel.CertificateHash(tls),
            EvaluateTimeout = settings.EvaluateTimeout,
            EndorseTimeout = settings.EndorseTimeout,
            SubmitTimeout = settings.SubmitTimeout,
            CommitStatusTimeout = settings.CommitStatusTimeout,
            TimeProvider = time,
            LoggerFactory = loggers,
        };

    /// <summary>The signer that the host has for a gateway whose key is in no file; the one of no name is its alone.
    /// </summary>
    public static ISigner? RegisteredSigner(IServiceProvider services, string name) =>
        services.GetKeyedService<ISigner>(name) ?? (name.Length == 0 ? services.GetService<ISigner>() : null);

    /// <summary>Whether an error is about what the settings name, and not about this program.</summary>
    public static bool IsOfSettings(Exception exception) => exception is ArgumentException or FormatException
        or IOException or UnauthorizedAccessException or CryptographicException;

    private static X509Certificate2? ClientCertificate(FabricGatewaySettings settings) =>
        settings is { TlsCertificateFile: { } certificate, TlsKeyFile: { } key }
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : null;
}
