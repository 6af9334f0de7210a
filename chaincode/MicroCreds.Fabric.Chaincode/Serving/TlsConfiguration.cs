using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Loads a server's key material, and tells why a peer is not let in: the peer itself is not told.</summary>
internal static partial class TlsConfiguration
{
    public static TlsHandshakeCallbackOptions Read(ChaincodeTlsOptions tls, ILogger logger)
    {
        var chain = new X509Certificate2Collection();
        string certificate = PemText.Read(tls.CertificateFile);
        chain.ImportFromPem(certificate);
        var own = SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPem(certificate, PemText.Read(tls.PrivateKeyFile)), chain, offline: true);
        var authorities = new X509Certificate2Collection();
        if (tls.ClientCaFile is not null)
        {
            authorities.ImportFromPem(PemText.Read(tls.ClientCaFile));
        }

        return new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake => new ValueTask<SslServerAuthenticationOptions>(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = own,
                    ClientCertificateRequired = tls.ClientCaFile is not null,
                    RemoteCertificateValidationCallback = (_, certificate, sent, _) => tls.ClientCaFile is null
                        || IsLetIn(certificate, sent, authorities, handshake.Connection, tls.ClientCaFile, logger),
                }),
        };
    }

    private static bool IsLetIn(
        X509Certificate? certificate, X509Chain? sent, X509Certificate2Collection authorities,
        ConnectionContext connection, string authoritiesFile, ILogger logger)
    {
        if (certificate is not X509Certificate2 shown)
        {
            LogMissing(logger, connection.RemoteEndPoint, authoritiesFile);
            return false;
        }

        string? fault = CertificateAnchors.FindFault(
            shown, authorities, CertificateAnchors.ClientAuthentication, sent?.ChainPolicy.ExtraStore);
        if (fault is not null)
        {
            LogUntrusted(logger, connection.RemoteEndPoint, shown.Subject, authoritiesFile, fault);
        }

        return fault is null;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A peer at {Endpoint} was refused: its certificate \"{Subject}\" is not good under {Authorities}: {Fault}. The "
            + "client_cert in its package's connection.json must be of an authority in that file.")]
    private static partial void LogUntrusted(
        ILogger logger, EndPoint? endpoint, string subject, string authorities, string fault);

    [LoggerMessage(
        LogLevel.Warning,
        "A peer at {Endpoint} was refused: it showed no certificate, and one of an authority in {Authorities} is asked "
            + "for. Its package's connection.json needs client_auth_required, client_cert and client_key.")]
    private static partial void LogMissing(ILogger logger, EndPoint? endpoint, string authorities);
}
