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

    public void Dispose() => Directory.Delete(_state, recursive: true);
}
