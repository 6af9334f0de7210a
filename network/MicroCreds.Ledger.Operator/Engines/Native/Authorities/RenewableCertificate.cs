using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>A certificate of an organisation's folder, with its key, and what serves by it.</summary>
/// <param name="File">Where it lies.</param>
/// <param name="KeyFile">Its private key, which stays: the channel knows orderers by theirs.</param>
/// <param name="IsTls">Whether it is for TLS.</param>
/// <param name="Use">The folder below the organisation's: peers, orderers, users or chaincode.</param>
/// <param name="Owner">The name of the folder in there.</param>
internal sealed record RenewableCertificate(string File, string KeyFile, bool IsTls, string Use, string Owner)
{
    private static readonly string[] Uses = ["orderers", "peers", "users", "chaincode"];

    public bool IsChaincodeClient => Use == "chaincode" && Path.GetFileName(File) == "client.crt";

    /// <summary>Finds all of an organisation's that are not an authority's own.</summary>
    public static IReadOnlyList<RenewableCertificate> FindAll(string organization) =>
        [.. Uses.Where(use => Directory.Exists(Path.Combine(organization, use)))
            .SelectMany(use => Directory.GetDirectories(Path.Combine(organization, use))
                .Order(StringComparer.Ordinal)
                .SelectMany(owner => FindIn(owner, use)))];

    public DateTimeOffset ReadExpiry()
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(File);
        return certificate.NotAfter;
    }

    /// <summary>
    /// Puts the next certificate in the place of this one, at once or not at all; returns its last day.
    /// </summary>
    /// <exception cref="OperatorException">The authority refused.</exception>
    public async Task<DateTimeOffset> RenewAsync(ICertificateIssuer issuer, CancellationToken cancellation)
    {
        using var current = X509CertificateLoader.LoadCertificateFromFile(File);
        using var key = ECDsa.Create();
        key.ImportFromPem(await System.IO.File.ReadAllTextAsync(KeyFile, cancellation));
        string next = await issuer.IssueAgainAsync(current, key, IsTls, cancellation);
        await System.IO.File.WriteAllTextAsync(File + ".new", next, cancellation);
        System.IO.File.Move(File + ".new", File, overwrite: true);
        return ReadExpiry();
    }

    private static IEnumerable<RenewableCertificate> FindIn(string owner, string use)
    {
        string name = Path.GetFileName(owner);
        string signing = Path.Combine(owner, "msp", "signcerts");
        if (Directory.Exists(signing))
        {
            foreach (string file in Directory.GetFiles(signing, "*.pem"))
            {
                yield return new RenewableCertificate(
                    file, Path.Combine(owner, "msp", "keystore", "priv_sk"), IsTls: false, use, name);
            }
        }

        string tls = use == "chaincode" ? owner : Path.Combine(owner, "tls");
        foreach (string end in (string[])["server", "client"])
        {
            string file = Path.Combine(tls, $"{end}.crt");
            if (System.IO.File.Exists(file))
            {
                yield return new RenewableCertificate(file, Path.Combine(tls, $"{end}.key"), IsTls: true, use, name);
            }
        }
    }
}
