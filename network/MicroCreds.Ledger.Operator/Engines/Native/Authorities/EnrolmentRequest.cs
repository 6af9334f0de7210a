using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>What an identity sends to its authority: its name and public key, signed with the private one.</summary>
internal static class EnrolmentRequest
{
    /// <summary>
    /// Makes a request for a signing identity, or with host names for TLS; loopback is always among them.
    /// </summary>
    public static string Create(string commonName, ECDsa key, params IReadOnlyList<string> hostNames)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        if (hostNames.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (string hostName in hostNames.Append("localhost").Distinct())
            {
                names.AddDnsName(hostName);
            }

            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        return request.CreateSigningRequestPem();
    }

    /// <summary>Makes the request for the next certificate of the same key and the same names.</summary>
    public static string CreateAgain(X509Certificate2 current, ECDsa key)
    {
        var request = new CertificateRequest(current.SubjectName, key, HashAlgorithmName.SHA256);
        if (current.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names)
        {
            request.CertificateExtensions.Add(names);
        }

        return request.CreateSigningRequestPem();
    }
}
