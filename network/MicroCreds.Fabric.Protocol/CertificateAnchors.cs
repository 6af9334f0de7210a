using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Judges certificates under given authorities and no others, the machine's included, as Fabric's nodes do: what is
/// given may be an intermediate authority whose own issuer is not there.
/// </summary>
/// <remarks>Revocation is not looked at, and nothing is fetched. Thread-safe. Source: Go's crypto/x509.</remarks>
public static class CertificateAnchors
{
    /// <summary>The extended key usage of those who dial.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Says what is wrong with a certificate; null if it is good.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="anchors">Who is trusted.</param>
    /// <param name="intermediates">Who may stand between; they are not trusted. Default is nobody.</param>
    /// <param name="usage">The extended key usage that it must allow. Default is any.</param>
    /// <param name="ignoresTime">Whether it may be expired. Default is that it may not.</param>
    public static string? FindFault(
        X509Certificate2 certificate, X509Certificate2Collection anchors,
        X509Certificate2Collection? intermediates = null, string? usage = null, bool ignoresTime = false)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(anchors);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (intermediates is not null)
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);

        if (usage is not null)
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));

        if (ignoresTime)
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;

        if (chain.Build(certificate))
            return null;

        var faults = chain.ChainStatus
            .Where(status => !ignoresTime || status.Status != X509ChainStatusFlags.NotTimeValid).ToArray();
        return faults.All(fault => fault.Status == X509ChainStatusFlags.PartialChain) && EndsAtAnchor(chain, anchors)
            ? null
            : string.Join(", ", faults.Select(fault => fault.StatusInformation.TrimEnd('.', '\n', ' ')));
    }

    // A chain need not end at a root, where it ends at what is trusted.
    private static bool EndsAtAnchor(X509Chain chain, X509Certificate2Collection anchors)
    {
        var last = chain.ChainElements[^1].Certificate;
        return anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(last.RawDataMemory.Span));
    }
}
