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

    private static readonly TimeSpan ListenTimeout = TimeSpan.FromSeconds(30);

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

    public Daemon Daemon => new(state, $"authority-{mspId}");

    /// <summary>The password of the one identity that registers others; only its owner can read the file.</summary>
    public string RegistrarSecret => File.ReadAllText(SecretFile);

    private string SecretFile => Path.Combine(Home, "registrar.secret");

    /// <summary>Starts it unless it runs; returns once it listens.</summary>
    public async Task StartAsync(string program, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(Home, SettingsName)))
        {
            WriteSettings();
        }

        var daemon = Daemon;
        daemon.EnsureStarted([program, "start", "--home", Home], new Dictionary<string, string>());
        await daemon.WaitAsync(
            () => Ports.AreListeningAsync([endpoint], cancellation), ListenTimeout, cancellation);
    }

    private void WriteSettings()
    {
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));
        Operator.SecretFile.Write(SecretFile, System.Text.Encoding.ASCII.GetBytes(secret));
        Write(Path.Combine(Home, "tlsca", SettingsName), TlsAuthority, secret, further: "");
        Write(Path.Combine(Home, SettingsName), IdentityAuthority, secret, Path.Combine("tlsca", SettingsName));
    }

    private void Write(string file, string name, string secret, string further)
    {
        var (host, port) = NodeSettings.Split(endpoint);
        string settings = SettingsTemplate.Fill("fabric-ca-server.yaml", new Dictionary<string, string>
        {
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
