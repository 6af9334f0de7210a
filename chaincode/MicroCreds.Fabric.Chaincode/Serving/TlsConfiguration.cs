using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Loads a server's key material, and tells why a peer is not let in: the peer itself is not told.</summary>
internal static partial class TlsConfiguration
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static TlsHandshakeCallbackOptions Read(ChaincodeTlsOptions tls, ILogger logger)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(tls.CertificateFile);
        var own = SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.PrivateKeyFile), chain, offline: true);
        var authorities = new X509Certificate2Collection();
        if (tls.ClientCaFile is not null)
        {
            authorities.ImportFromPemFile(tls.ClientCaFile);
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

        string? fault = FindFault(shown, sent, authorities);
        if (fault is not null)
        {
            LogUntrusted(logger, connection.RemoteEndPoint, shown.Subject, authoritiesFile, fault);
        }

        return fault is null;
    }

    /// <summary>
    /// Trusts what chains up to the given authorities and to no others, the machine's included; null if it does.
    /// </summary>
    private static string? FindFault(
        X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ClientAuthentication));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate)
            ? null
            : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.', '\n', ' ')));
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
