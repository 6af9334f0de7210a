using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>The authorities whose keys lie beside the organisation's other keys, as cryptogen leaves them.</summary>
/// <param name="directory">The organisation's directory.</param>
/// <param name="domain">Its domain, which names the authorities.</param>
/// <param name="now">The time of issue.</param>
internal sealed class OwnAuthority(string directory, string domain, DateTimeOffset now) : ICertificateIssuer
{
    private const int SerialBytes = 16;

    /// <summary>
    /// As long as the certificates that a new network gets, and never longer than the authority itself.
    /// </summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    // Clocks differ a little.
    private static readonly TimeSpan Earlier = TimeSpan.FromMinutes(5);

    public Task<string> IssueAgainAsync(
        X509Certificate2 current, ECDsa key, bool tls, CancellationToken cancellation)
    {
        string kind = tls ? "tlsca" : "ca";
        string keyFile = Path.Combine(directory, kind, "priv_sk");
        if (!File.Exists(keyFile))
        {
            throw new OperatorException(
                $"{keyFile} is missing, so {kind}.{domain} cannot issue: bring the authority's key back for it.");
        }

        using var authority = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(directory, kind, $"{kind}.{domain}-cert.pem"));
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(File.ReadAllText(keyFile));
        var end = new DateTimeOffset(authority.NotAfter);
        if (end <= current.NotAfter)
        {
            throw new OperatorException(
                $"{kind}.{domain} itself expires on {end:yyyy-MM-dd}, no later than \"{current.Subject}\": add a new "
                + "authority to the organisation's MSP in the channel first.");
        }

        var request = new CertificateRequest(current.SubjectName, key, HashAlgorithmName.SHA256);
        foreach (var extension in current.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        var begin = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()) - Earlier;
        using var issued = request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), begin,
            begin + Lifetime < end ? begin + Lifetime : end, serial);
        return Task.FromResult(issued.ExportCertificatePem() + "\n");
    }
}
