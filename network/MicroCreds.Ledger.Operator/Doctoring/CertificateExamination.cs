using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>What every certificate needs, whether it signs or serves: a time, an issuer and its own key.</summary>
internal static class CertificateExamination
{
    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(30);

    /// <summary>Reads a certificate; a finding instead if it is none.</summary>
    public static X509Certificate2? TryRead(string subject, string file, List<Finding> findings)
    {
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or CryptographicException)
        {
            findings.Add(NoCertificate(subject, file, exception.Message));
            return null;
        }
    }

    /// <summary>Reads the certificates of a file; a finding instead if it holds none.</summary>
    public static X509Certificate2Collection ReadAll(string subject, string file, List<Finding> findings)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(File.ReadAllText(file));
            if (certificates.Count > 0)
            {
                return certificates;
            }

            findings.Add(NoCertificate(subject, file, "there is no BEGIN CERTIFICATE in it."));
        }
        catch (Exception exception) when (exception is IOException or CryptographicException)
        {
            findings.Add(NoCertificate(subject, file, exception.Message));
        }

        return certificates;
    }

    public static IEnumerable<Finding> ExamineTime(string subject, X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotBefore.ToUniversalTime() > now)
        {
            yield return new Finding(
                subject, $"its certificate is not valid before {Day(certificate.NotBefore)}.",
                "set this machine's clock right, or ask the authority for a certificate that begins now.");
        }

        if (certificate.NotAfter.ToUniversalTime() < now)
        {
            yield return new Finding(
                subject,
                $"its certificate expired on {Day(certificate.NotAfter)}; Fabric answers \"access denied\" or "
                    + "\"identity expired\".",
                "renew it at the organisation's authority, for the same key.");
        }
        else if (certificate.NotAfter.ToUniversalTime() < now + ExpiryWarning)
        {
            yield return new Finding(
                subject, $"its certificate expires on {Day(certificate.NotAfter)}.", "renew it before that day.");
        }
    }

    /// <summary>Whether one of the authorities issued it, or one below them.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="authorities">Who is trusted; an intermediate authority may be.</param>
    /// <param name="authoritiesAre">How they are called, for messages.</param>
    /// <param name="usage">What it is for: an extended key usage of TLS, or null where it signs.</param>
    /// <param name="intermediates">The authorities below them. Default is none.</param>
    public static IEnumerable<Finding> ExamineIssuer(
        string subject, X509Certificate2 certificate, X509Certificate2Collection authorities, string authoritiesAre,
        string? usage, X509Certificate2Collection? intermediates = null)
    {
        // Its time is a finding of its own.
        string? fault = CertificateAnchors.FindFault(
            certificate, authorities, usage, intermediates, ignoresTime: true);
        if (fault is not null && CertificateAnchors.IsIssuedUnder(certificate, authorities, intermediates))
        {
            yield return new Finding(
                subject, $"its certificate is not good under {authoritiesAre}, which issued it: {fault}.",
                "issue it again for what it is used for, by an authority whose own certificate lets it issue.");
        }
        else if (fault is not null)
        {
            bool sameName = authorities.Concat(intermediates ?? []).Any(authority =>
                authority.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData));
            yield return new Finding(
                subject,
                $"its certificate was not issued by {authoritiesAre}; its issuer is \"{certificate.Issuer}\""
                    + (sameName ? ", an authority of the same name but with another key. " : ". ")
                    + "Fabric answers \"creator is malformed\" or \"certificate signed by unknown authority\".",
                sameName
                    ? "the authority was made anew: issue this certificate again, or bring back the old authority."
                    : "use the certificate of this organisation, or the MSP id and peer of the one that issued it.");
        }
    }

    /// <summary>Whether the private key is the certificate's.</summary>
    public static IEnumerable<Finding> ExamineKey(string subject, X509Certificate2 certificate, string keyFile)
    {
        string? fault = FaultOf(certificate, keyFile);
        if (fault is not null)
        {
            yield return new Finding(
                subject, $"{fault} Fabric answers \"access denied\", for every signature is wrong.",
                "put the key there that the certificate was issued for, or issue both again.");
        }
    }

    private static Finding NoCertificate(string subject, string file, string why) => new(
        subject, $"{file} is no certificate in PEM: {why}",
        "put the certificate there that the organisation's authority issued.");

    private static string Day(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? FaultOf(X509Certificate2 certificate, string keyFile)
    {
        try
        {
            using var own = certificate.GetECDsaPublicKey();
            if (own is null)
            {
                return "its certificate is not for an elliptic curve key.";
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyFile));
            return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(own.ExportSubjectPublicKeyInfo())
                ? null
                : $"the key in {keyFile} is not that of its certificate.";
        }
        catch (Exception exception)
            when (exception is IOException or CryptographicException or ArgumentException)
        {
            return $"{keyFile} is no private key in PEM: {exception.Message}";
        }
    }
}
