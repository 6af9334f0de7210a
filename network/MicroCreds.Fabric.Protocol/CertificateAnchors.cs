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

    /// <summary>The extended key usage of those who are dialled.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Says what is wrong with a certificate; null if it is good.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="anchors">Who is trusted.</param>
    /// <param name="usage">
    /// The extended key usage that it must allow, such as <see cref="ServerAuthentication"/>; null for any. A
    /// certificate that names none allows all.
    /// </param>
    /// <param name="intermediates">Who may stand between; they are not trusted. Default is nobody.</param>
    /// <param name="ignoresTime">Whether it may be expired. Default is that it may not.</param>
    public static string? FindFault(
        X509Certificate2 certificate, X509Certificate2Collection anchors, string? usage,
        X509Certificate2Collection? intermediates = null, bool ignoresTime = false)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(anchors);
        using var chain = NewChain(anchors, intermediates);
        if (usage is not null)
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));

        if (ignoresTime)
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;

        if (chain.Build(certificate))
            return null;

        var faults = FaultsUpToAnchor(chain, anchors)
            .Where(status => !ignoresTime || status.Status != X509ChainStatusFlags.NotTimeValid).ToArray();
        return faults.Length == 0
            ? null
            : string.Join(", ", faults.Select(fault => fault.StatusInformation.TrimEnd('.', '\n', ' ')).Distinct());
    }

    /// <summary>
    /// Whether an anchor issued a certificate, or one below it, whatever else is wrong with it.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="anchors">Who is trusted.</param>
    /// <param name="intermediates">Who may stand between. Default is nobody.</param>
    public static bool IsIssuedUnder(
        X509Certificate2 certificate, X509Certificate2Collection anchors,
        X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(anchors);
        using var chain = NewChain(anchors, intermediates);
        chain.Build(certificate);
        return chain.ChainElements.Any(element => IsOneOf(element, anchors))
            && FaultsUpToAnchor(chain, anchors).All(fault => fault.Status != X509ChainStatusFlags.NotSignatureValid);
    }

    private static X509Chain NewChain(
        X509Certificate2Collection anchors, X509Certificate2Collection? intermediates)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (intermediates is not null)
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);

        return chain;
    }

    // A chain need not end at a root: it ends at the first of those who are trusted, whoever stands above.
    private static IEnumerable<X509ChainStatus> FaultsUpToAnchor(X509Chain chain, X509Certificate2Collection anchors)
    {
        var elements = chain.ChainElements.ToList();
        int anchor = elements.FindIndex(element => IsOneOf(element, anchors));
        return anchor < 0
            ? chain.ChainStatus
            : elements.Take(anchor + 1).SelectMany(element => element.ChainElementStatus)
                .Where(status => status.Status is not
                    (X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot));
    }

    private static bool IsOneOf(X509ChainElement element, X509Certificate2Collection anchors) => anchors.Any(
        anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span));
}
