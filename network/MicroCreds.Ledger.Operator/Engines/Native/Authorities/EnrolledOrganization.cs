using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>
/// Writes an organisation's key material in cryptogen's layout, every certificate by enrolment at the organisation's
/// Fabric CA. What is there already is passed over, so that a second try goes on where the first ended.
/// </summary>
/// <param name="directory">The organisation's directory.</param>
/// <param name="server">Its running authority.</param>
/// <param name="client">The way to it.</param>
internal sealed class EnrolledOrganization(string directory, FabricCaServer server, FabricCaClient client)
{
    private const string Registrar = "registrar";
    private const int SecretBytes = 32;

    private static readonly TimeSpan RegistrarRenewal = TimeSpan.FromDays(30);

    private static readonly IReadOnlyDictionary<string, string> NoAttributes = new Dictionary<string, string>();

    /// <summary>The certificate attribute that the contract reads.</summary>
    public static IReadOnlyDictionary<string, string> Role(string role) =>
        new Dictionary<string, string> { ["microcreds.role"] = role };

    /// <summary>Writes what every certificate is judged by: the authorities' certificates and the node OUs.</summary>
    public void WriteRoots()
    {
        Write(File.ReadAllText(server.IdentityRoot), "ca", $"ca.{server.Domain}-cert.pem");
        Write(File.ReadAllText(server.TlsRoot), "tlsca", $"tlsca.{server.Domain}-cert.pem");
        WriteMspRoots("msp");
    }

    /// <summary>Enrols a peer or an orderer, and its TLS certificate.</summary>
    public async Task EnsureNodeAsync(string kind, string host, string type, CancellationToken cancellation)
    {
        string name = $"{host}.{server.Domain}";
        await EnsureIdentityAsync(Path.Combine(kind, name), name, type, NoAttributes, cancellation);
        await EnsureTlsAsync(Path.Combine(kind, name, "tls"), "server", name, [name, host], cancellation);
        Write(File.ReadAllText(server.TlsRoot), kind, name, "tls", "ca.crt");
    }

    /// <summary>Enrols a user, and its TLS certificate; returns whether that was still to be done.</summary>
    public async Task<bool> EnsureUserAsync(
        string user, string type, IReadOnlyDictionary<string, string> attributes, CancellationToken cancellation)
    {
        string name = $"{user}@{server.Domain}";
        string owner = Path.Combine("users", name);
        bool enrolled = await EnsureIdentityAsync(owner, name, type, attributes, cancellation);
        await EnsureTlsAsync(Path.Combine(owner, "tls"), "client", name, [name], cancellation);
        Write(File.ReadAllText(server.TlsRoot), owner, "tls", "ca.crt");
        return enrolled;
    }

    /// <summary>Enrols both ends of the mutual TLS between the peer and a chaincode's server.</summary>
    public async Task EnsureChaincodeAsync(string chaincode, CancellationToken cancellation)
    {
        string folder = Path.Combine("chaincode", chaincode);
        string host = $"{chaincode}.{server.Domain}";
        string peer = $"peer0.{server.Domain}";
        await EnsureTlsAsync(folder, "server", host, [host, chaincode], cancellation);
        await EnsureTlsAsync(folder, "client", $"{chaincode}-client.{server.Domain}", [peer], cancellation);
        Write(File.ReadAllText(server.TlsRoot), folder, "ca.crt");
    }

    /// <summary>The identity that registers and revokes others at an authority; enrolled when there is none.</summary>
    public async Task<EnrolledIdentity> GetRegistrarAsync(string authority, CancellationToken cancellation)
    {
        string certificate = Path.Combine(server.Home, Registrar, authority, "cert.pem");
        string keyFile = Path.Combine(server.Home, Registrar, authority, "key.pem");
        if (!File.Exists(certificate) || IsEnding(certificate))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            string issued = await client.EnrolAsync(
                authority, Registrar, server.RegistrarSecret, EnrolmentRequest.Create(Registrar, key), tls: false,
                cancellation);
            WriteKey(key, keyFile);
            await File.WriteAllTextAsync(certificate, issued, cancellation);
        }

        return new EnrolledIdentity(
            await File.ReadAllTextAsync(certificate, cancellation), await File.ReadAllTextAsync(keyFile, cancellation));
    }

    private static bool IsEnding(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter.ToUniversalTime() < TimeProvider.System.GetUtcNow() + RegistrarRenewal;
    }

    private async Task<bool> EnsureIdentityAsync(
        string owner, string name, string type, IReadOnlyDictionary<string, string> attributes,
        CancellationToken cancellation)
    {
        string msp = Path.Combine(owner, "msp");
        string certificate = At(msp, "signcerts", $"{name}-cert.pem");
        if (File.Exists(certificate))
        {
            return false;
        }

        WriteMspRoots(msp);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string secret = await RegisterAsync(server.IdentityAuthority, name, type, attributes, cancellation);
        string issued = await client.EnrolAsync(
            server.IdentityAuthority, name, secret, EnrolmentRequest.Create(name, key), tls: false, cancellation);
        WriteKey(key, At(msp, "keystore", "priv_sk"));
        Write(issued, msp, "signcerts", $"{name}-cert.pem");
        return true;
    }

    private async Task EnsureTlsAsync(
        string folder, string end, string id, IReadOnlyList<string> hostNames, CancellationToken cancellation)
    {
        if (File.Exists(At(folder, $"{end}.crt")))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string secret = await RegisterAsync(server.TlsAuthority, id, "client", NoAttributes, cancellation);
        string issued = await client.EnrolAsync(
            server.TlsAuthority, id, secret, EnrolmentRequest.Create(id, key, hostNames), tls: true,
            cancellation);
        WriteKey(key, At(folder, $"{end}.key"));
        Write(issued, folder, $"{end}.crt");
    }

    /// <summary>Registers by a password that nobody keeps: it is used once, at once.</summary>
    private async Task<string> RegisterAsync(
        string authority, string id, string type, IReadOnlyDictionary<string, string> attributes,
        CancellationToken cancellation)
    {
        var registrar = await GetRegistrarAsync(authority, cancellation);
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));
        await client.RegisterAsync(authority, registrar, id, type, secret, attributes, cancellation);
        return secret;
    }

    private void WriteMspRoots(string msp)
    {
        Write(File.ReadAllText(server.IdentityRoot), msp, "cacerts", $"ca.{server.Domain}-cert.pem");
        Write(File.ReadAllText(server.TlsRoot), msp, "tlscacerts", $"tlsca.{server.Domain}-cert.pem");
        var configuration = new StringBuilder("NodeOUs:\n  Enable: true\n");
        foreach (string role in (ReadOnlySpan<string>)["Client", "Peer", "Admin", "Orderer"])
        {
            configuration
                .Append("  ").Append(role).Append("OUIdentifier:\n")
                .Append("    Certificate: cacerts/ca.").Append(server.Domain).Append("-cert.pem\n")
                .Append("    OrganizationalUnitIdentifier: ").Append(role.ToLowerInvariant()).Append('\n');
        }

        Write(configuration.ToString(), msp, "config.yaml");
    }

    private static void WriteKey(ECDsa key, string file) =>
        SecretFile.Write(file, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));

    private void Write(string content, params ReadOnlySpan<string> path)
    {
        string file = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private string At(params ReadOnlySpan<string> path) => Path.Combine([directory, .. path]);
}
