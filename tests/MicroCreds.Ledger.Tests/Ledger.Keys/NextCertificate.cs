using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Tests.EndToEnd;

namespace MicroCreds.Ledger.Tests.Ledger.Keys;

/// <summary>The next certificate of a Fabric identity, for another key, as its member's authority makes it.</summary>
internal static class NextCertificate
{
    private const string SubjectKeyIdentifier = "2.5.29.14";

    /// <summary>Writes a certificate for a key as that of a user was, and gives the file.</summary>
    /// <param name="member">Whose authority signs it.</param>
    /// <param name="user">Whose certificate it follows.</param>
    /// <param name="key">The key that it is for.</param>
    /// <param name="folder">Where to write it.</param>
    public static string Write(LedgerMember member, string user, IPlacedKey key, string folder)
    {
        byte[] point = key.PublicKey.ToArray();
        using var publicKey = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..33], Y = point[33..] },
        });
        string authority = Path.Combine(member.Directory, "ca");
        using var root = X509Certificate2.CreateFromPem(
            File.ReadAllText(Directory.GetFiles(authority, "*-cert.pem").Single()));
        using var rootKey = ECDsa.Create();
        rootKey.ImportFromPem(File.ReadAllText(Path.Combine(authority, "priv_sk")));
        using var last = X509Certificate2.CreateFromPem(File.ReadAllText(member.FilesOf(user).Certificate));
        var request = new CertificateRequest(
            last.SubjectName, new PublicKey(publicKey), HashAlgorithmName.SHA256);
        foreach (var extension in last.Extensions.Where(one => one.Oid!.Value != SubjectKeyIdentifier))
            request.CertificateExtensions.Add(extension);
        using var next = request.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), last.NotBefore, last.NotAfter,
            RandomNumberGenerator.GetBytes(16));
        string file = Path.Combine(folder, $"{user}-{Guid.NewGuid():N}.crt");
        File.WriteAllText(file, next.ExportCertificatePem() + "\n");
        return file;
    }
}
