using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>An institution's key material in a folder of its own, to be spoilt.</summary>
internal sealed class InstitutionFolder : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public InstitutionFolder(string domain = "aurora.example")
    {
        Domain = domain;
        Now = DateTimeOffset.UtcNow;
        Root = KeyMaterial.EnsurePeerOrganization(
            _state,
            new OrganizationSettings { MspId = "AuroraMSP", Name = "Aurora", Domain = domain, Peer = "127.0.0.1:7051" },
            ["microcreds"],
            Now);
    }

    public DateTimeOffset Now { get; }

    public string Domain { get; }

    public string Root { get; }

    public string Msp => Path.Combine(Root, "msp");

    public string PeerTls => Path.Combine(Root, "peers", $"peer0.{Domain}", "tls");

    public string MspOf(string user) => Path.Combine(Root, "users", $"{user}@{Domain}", "msp");

    public string CertificateOf(string user) =>
        Path.Combine(MspOf(user), "signcerts", $"{user}@{Domain}-cert.pem");

    public string KeyOf(string user) => Path.Combine(MspOf(user), "keystore", "priv_sk");

    /// <summary>Issues User1's certificate and key again by the institution's own authority.</summary>
    public void IssueUserAgain(string unit, string? attributes)
    {
        using var authority = CertificateAuthority.Load(
            File.ReadAllText(Path.Combine(Root, "ca", $"ca.{Domain}-cert.pem")),
            File.ReadAllText(Path.Combine(Root, "ca", "priv_sk")),
            Now);
        var issued = authority.IssueIdentity($"User1@{Domain}", unit, attributes);
        File.WriteAllText(CertificateOf("User1"), issued.CertificatePem);
        File.WriteAllText(KeyOf("User1"), issued.KeyPem);
    }

    /// <summary>
    /// Issues User1's certificate by an authority below the institution's own, which the MSP then names.
    /// </summary>
    public void IssueUserBelowAnIntermediate()
    {
        using var root = X509Certificate2.CreateFromPemFile(
            Path.Combine(Root, "ca", $"ca.{Domain}-cert.pem"), Path.Combine(Root, "ca", "priv_sk"));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=ica.{Domain}", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issued = request.Create(
            root, Now.AddMinutes(-1), Now.AddDays(300), RandomNumberGenerator.GetBytes(8));
        using var authority = issued.CopyWithPrivateKey(authorityKey);
        string folder = Directory.CreateDirectory(Path.Combine(Msp, "intermediatecerts")).FullName;
        File.WriteAllText(Path.Combine(folder, "ica.pem"), issued.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var user = new CertificateRequest($"CN=User1@{Domain}, OU=client", key, HashAlgorithmName.SHA256)
            .Create(authority, Now.AddMinutes(-1), Now.AddDays(200), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(CertificateOf("User1"), user.ExportCertificatePem());
        File.WriteAllText(KeyOf("User1"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);
}
