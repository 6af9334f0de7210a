using System.Security.Cryptography;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>
/// An organisation's running Fabric CA: one process with two authorities, one for identities and one for TLS, so that
/// no identity's certificate opens a TLS door.
/// </summary>
/// <param name="state">The network's state directory.</param>
/// <param name="mspId">Whose it is.</param>
/// <param name="domain">The organisation's domain, which names the authorities.</param>
/// <param name="endpoint">Where it listens.</param>
internal sealed class FabricCaServer(string state, string mspId, string domain, string endpoint)
{
    private const string SettingsName = "fabric-ca-server-config.yaml";
    private const int SecretBytes = 32;

    public string MspId => mspId;

    public string Domain => domain;

    public string Endpoint => endpoint;

    /// <summary>The name of the authority for signing identities.</summary>
    public string IdentityAuthority => $"ca.{domain}";

    /// <summary>The name of the authority for TLS.</summary>
    public string TlsAuthority => $"tlsca.{domain}";

    public string Home => Path.Combine(state, "fabric", "authorities", mspId);

    public string IdentityRoot => Path.Combine(Home, "ca-cert.pem");

    public string TlsRoot => Path.Combine(Home, "tlsca", "ca-cert.pem");

    /// <summary>The certificate that the server itself shows; it makes a new one when there is none.</summary>
    public string OwnCertificate => Path.Combine(Home, "tls-cert.pem");

    /// <summary>The name of its process or container.</summary>
    public string Part => InstitutionParts.Authority(mspId);

    /// <summary>The password of the one identity that registers others; only its owner can read the file.</summary>
    public string RegistrarSecret => File.ReadAllText(SecretFile);

    private string SecretFile => Path.Combine(Home, "registrar.secret");

    /// <summary>Writes what it reads when it starts, unless it is there.</summary>
    /// <param name="listen">The address that it listens on where it runs.</param>
    public void EnsureSettings(string listen)
    {
        if (!File.Exists(Path.Combine(Home, SettingsName)))
        {
            string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));
            Operator.SecretFile.Write(SecretFile, System.Text.Encoding.ASCII.GetBytes(secret));
            Write(Path.Combine(Home, "tlsca", SettingsName), listen, TlsAuthority, secret, further: "");
            Write(
                Path.Combine(Home, SettingsName), listen, IdentityAuthority, secret,
                Path.Combine("tlsca", SettingsName));
        }
    }

    private void Write(string file, string listen, string name, string secret, string further)
    {
        var (host, port) = NodeSettings.Split(endpoint);
        string settings = SettingsTemplate.Fill("fabric-ca-server.yaml", new Dictionary<string, string>
        {
            ["listen"] = listen,
            ["host"] = host,
            ["port"] = port,
            ["name"] = name,
            ["domain"] = domain,
            ["secret"] = secret,
            ["further"] = further,
        });
        Operator.SecretFile.Write(file, System.Text.Encoding.UTF8.GetBytes(settings));
    }
}
