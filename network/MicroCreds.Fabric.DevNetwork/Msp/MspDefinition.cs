using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>One organisation's root of trust. Thread-safe.</summary>
internal sealed class MspDefinition
{
    public required string MspId { get; init; }

    /// <summary>The certificate of the authority that issues the organisation's identities.</summary>
    public required X509Certificate2 Root { get; init; }

    /// <summary>The same in PEM, as the channel configuration carries it.</summary>
    public required string RootPem { get; init; }

    /// <summary>The certificate of the authority that issues the organisation's TLS certificates, in PEM.</summary>
    public required string TlsRootPem { get; init; }

    /// <summary>Tells whether the certificate was issued under this root, at the time it was issued.</summary>
    public bool Issued(X509Certificate2 certificate, out string reason)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Fabric's MSP judges the chain as of the certificate's first second: expiry is checked where requests enter.
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = certificate.NotBefore.AddSeconds(1);
        bool issued = chain.Build(certificate);
        reason = issued
            ? ""
            : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.', '\n', ' ')));
        return issued;
    }
}
