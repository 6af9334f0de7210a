using System.Text;

namespace MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

/// <summary>Makes an organisation's key material, in the layout that cryptogen writes.</summary>
internal sealed class OrganizationMaterialWriter : IDisposable
{
    private const string AdminAttributes = """{"attrs":{"microcreds.role":"registrar"}}""";
    private const string UserAttributes = """{"attrs":{"microcreds.role":"issuer"}}""";

    private readonly string _directory;
    private readonly string _domain;
    private readonly CertificateAuthority _ca;
    private readonly CertificateAuthority _tlsCa;

    private OrganizationMaterialWriter(
        string directory, string domain, CertificateAuthority ca, CertificateAuthority tlsCa) =>
        (_directory, _domain, _ca, _tlsCa) = (directory, domain, ca, tlsCa);

    /// <summary>
    /// Makes a member organisation with its peers, an admin, a user and its chaincodes' TLS certificates.
    /// </summary>
    public static void WritePeerOrganization(
        string directory, OrganizationSettings organization, IEnumerable<string> chaincodes, DateTimeOffset now) =>
        WriteAtOnce(directory, temporary =>
        {
            using var writer = Create(temporary, organization.Domain, organization.Country, now);
            writer.WriteAuthorities();
            foreach (string host in organization.HostNames())
            {
                writer.WriteNode("peers", host, "peer");
            }

            writer.WriteUser("Admin", "admin", AdminAttributes);
            writer.WriteUser("User1", "client", UserAttributes);
            foreach (string chaincode in chaincodes)
            {
                writer.WriteChaincode(chaincode);
            }
        });

    /// <summary>Makes the ordering organisation with its orderers and an admin.</summary>
    public static void WriteOrdererOrganization(string directory, OrdererSettings orderer, DateTimeOffset now) =>
        WriteAtOnce(directory, temporary =>
        {
            using var writer = Create(temporary, orderer.Domain, country: null, now);
            writer.WriteAuthorities();
            foreach (string host in orderer.HostNames())
            {
                writer.WriteNode("orderers", host, "orderer");
            }

            writer.WriteUser("Admin", "admin", attributes: null);
        });

    /// <summary>Adds the certificates of orderers that the description has gained since.</summary>
    public static void WriteMissingOrderers(string directory, OrdererSettings orderer, DateTimeOffset now) =>
        WriteMissingNodes(directory, orderer.Domain, "orderers", "orderer", orderer.HostNames(), now);

    /// <summary>Adds the certificates of peers that the description has gained since.</summary>
    public static void WriteMissingPeers(string directory, OrganizationSettings organization, DateTimeOffset now) =>
        WriteMissingNodes(directory, organization.Domain, "peers", "peer", organization.HostNames().Skip(1), now);

    /// <summary>Adds the TLS certificates of chaincodes that the description has gained since.</summary>
    public static void WriteMissingChaincodes(
        string directory, OrganizationSettings organization, IEnumerable<string> chaincodes, DateTimeOffset now)
    {
        string[] missing = [.. chaincodes.Where(chaincode =>
            !File.Exists(Path.Combine(directory, "chaincode", chaincode, "ca.crt")))];
        if (missing.Length == 0)
        {
            return;
        }

        using var writer = Open(directory, organization.Domain, now);
        foreach (string chaincode in missing)
        {
            writer.WriteChaincode(chaincode);
        }
    }

    public void Dispose()
    {
        _ca.Dispose();
        _tlsCa.Dispose();
    }

    private static void WriteMissingNodes(
        string directory, string domain, string kind, string unit, IEnumerable<string> hosts, DateTimeOffset now)
    {
        string[] missing = [.. hosts.Where(host =>
            !File.Exists(Path.Combine(directory, kind, $"{host}.{domain}", "tls", "ca.crt")))];
        if (missing.Length == 0)
        {
            return;
        }

        using var writer = Open(directory, domain, now);
        foreach (string host in missing)
        {
            writer.WriteNode(kind, host, unit);
        }
    }

    private static OrganizationMaterialWriter Open(string directory, string domain, DateTimeOffset now)
    {
        CertificateAuthority Load(string kind) => CertificateAuthority.Load(
            File.ReadAllText(Path.Combine(directory, kind, $"{kind}.{domain}-cert.pem")),
            File.ReadAllText(Path.Combine(directory, kind, "priv_sk")),
            now);

        return new OrganizationMaterialWriter(directory, domain, Load("ca"), Load("tlsca"));
    }

    private static OrganizationMaterialWriter Create(
        string directory, string domain, string? country, DateTimeOffset now) =>
        new(
            directory,
            domain,
            CertificateAuthority.Create($"ca.{domain}", domain, country, now),
            CertificateAuthority.Create($"tlsca.{domain}", domain, country, now));

    // A process killed half way must not leave half an organisation behind: it is written aside and renamed.
    private static void WriteAtOnce(string directory, Action<string> write)
    {
        string temporary = directory + ".new";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        write(temporary);
        Directory.Move(temporary, directory);
    }

    private void WriteAuthorities()
    {
        Write(_ca.Own.CertificatePem, "ca", $"ca.{_domain}-cert.pem");
        WriteSecret(_ca.Own.KeyPem, "ca", "priv_sk");
        Write(_tlsCa.Own.CertificatePem, "tlsca", $"tlsca.{_domain}-cert.pem");
        WriteSecret(_tlsCa.Own.KeyPem, "tlsca", "priv_sk");
        WriteMspRoots("msp");
    }

    private void WriteNode(string kind, string host, string unit)
    {
        string name = $"{host}.{_domain}";
        WriteMsp(Path.Combine(kind, name), name, _ca.IssueIdentity(name, unit));
        var tls = _tlsCa.IssueTls(name, name, host);
        Write(tls.CertificatePem, kind, name, "tls", "server.crt");
        WriteSecret(tls.KeyPem, kind, name, "tls", "server.key");
        Write(_tlsCa.Own.CertificatePem, kind, name, "tls", "ca.crt");
    }

    private void WriteUser(string user, string unit, string? attributes)
    {
        string name = $"{user}@{_domain}";
        WriteMsp(Path.Combine("users", name), name, _ca.IssueIdentity(name, unit, attributes));
        var tls = _tlsCa.IssueTls(name);
        Write(tls.CertificatePem, "users", name, "tls", "client.crt");
        WriteSecret(tls.KeyPem, "users", name, "tls", "client.key");
        Write(_tlsCa.Own.CertificatePem, "users", name, "tls", "ca.crt");
    }

    private void WriteChaincode(string chaincode)
    {
        var server = _tlsCa.IssueTls($"{chaincode}.{_domain}", $"{chaincode}.{_domain}", chaincode);
        Write(server.CertificatePem, "chaincode", chaincode, "server.crt");
        WriteSecret(server.KeyPem, "chaincode", chaincode, "server.key");
        var client = _tlsCa.IssueTls($"peer0.{_domain}", $"peer0.{_domain}");
        Write(client.CertificatePem, "chaincode", chaincode, "client.crt");
        WriteSecret(client.KeyPem, "chaincode", chaincode, "client.key");
        Write(_tlsCa.Own.CertificatePem, "chaincode", chaincode, "ca.crt");
    }

    private void WriteMsp(string owner, string name, IssuedCertificate identity)
    {
        string msp = Path.Combine(owner, "msp");
        WriteMspRoots(msp);
        Write(identity.CertificatePem, msp, "signcerts", $"{name}-cert.pem");
        WriteSecret(identity.KeyPem, msp, "keystore", "priv_sk");
    }

    private void WriteMspRoots(string msp)
    {
        Write(_ca.Own.CertificatePem, msp, "cacerts", $"ca.{_domain}-cert.pem");
        Write(_tlsCa.Own.CertificatePem, msp, "tlscacerts", $"tlsca.{_domain}-cert.pem");
        var configuration = new StringBuilder("NodeOUs:\n  Enable: true\n");
        foreach (string role in (ReadOnlySpan<string>)["Client", "Peer", "Admin", "Orderer"])
        {
            configuration
                .Append("  ").Append(role).Append("OUIdentifier:\n")
                .Append("    Certificate: cacerts/ca.").Append(_domain).Append("-cert.pem\n")
                .Append("    OrganizationalUnitIdentifier: ").Append(role.ToLowerInvariant()).Append('\n');
        }

        Write(configuration.ToString(), msp, "config.yaml");
    }

    private void Write(string content, params ReadOnlySpan<string> path) => File.WriteAllText(Prepare(path), content);

    private void WriteSecret(string content, params ReadOnlySpan<string> path)
    {
        string file = Prepare(path);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new StreamWriter(file, Encoding.ASCII, options);
        stream.Write(content);
    }

    private string Prepare(ReadOnlySpan<string> path)
    {
        string file = Path.Combine([_directory, .. path]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
