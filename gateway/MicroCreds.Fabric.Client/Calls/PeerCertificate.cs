using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Judges the TLS certificate that a peer shows, and says what is wrong with it.</summary>
internal static class PeerCertificate
{
    /// <param name="name">The name that was asked for.</param>
    /// <param name="certificate">What the peer shows.</param>
    /// <param name="chain">What it sends with it.</param>
    /// <param name="errors">What the platform finds.</param>
    /// <param name="authorities">Who is trusted; null for those that the operating system trusts.</param>
    /// <returns>True: it is good.</returns>
    /// <exception cref="AuthenticationException">
    /// It is not. Thrown and not returned, as the platform's own words name neither the names nor the authorities.
    /// </exception>
    public static bool IsGood(
        string name, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors,
        X509Certificate2Collection? authorities)
    {
        if (certificate is null)
            throw new AuthenticationException("The peer shows no TLS certificate.");

        string? fault = authorities is not null
            ? CertificateAnchors.FindFault(
                certificate, authorities, CertificateAnchors.ServerAuthentication, chain?.ChainPolicy.ExtraStore)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
                ? string.Join(", ", chain?.ChainStatus.Select(status => status.StatusInformation) ?? [])
                : null;
        if (fault is not null)
        {
            string who = authorities is null ? "the operating system's authorities" : "the authorities in TlsCaPem";
            throw new AuthenticationException(
                $"The peer's TLS certificate \"{certificate.Subject}\", issued by \"{certificate.Issuer}\", is not "
                + $"good under {who}: {fault}.");
        }

        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? true
            : throw new AuthenticationException(
                $"The peer's TLS certificate is for {NamesIn(certificate)}, and \"{name}\" was asked for: set "
                + "HostNameOverride to a name that it holds, or reach the peer by one.");
    }

    private static string NamesIn(X509Certificate2 certificate)
    {
        try
        {
            string[] names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(names => names.EnumerateDnsNames()
                    .Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))];
            return names.Length == 0 ? "no name at all" : string.Join(", ", names);
        }
        catch (CryptographicException)
        {
            return "names that cannot be read";
        }
    }
}
