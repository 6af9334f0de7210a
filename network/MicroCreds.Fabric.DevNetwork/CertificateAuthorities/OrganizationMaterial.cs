using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

/// <summary>Reads one organisation's key material, in the layout that cryptogen writes.</summary>
internal sealed class OrganizationMaterial
{
    private readonly string _directory;
    private readonly string _domain;

    public OrganizationMaterial(string directory, string mspId, string domain)
    {
        (_directory, MspId, _domain) = (directory, mspId, domain);
        string rootPem = Read("msp", "cacerts", $"ca.{domain}-cert.pem");
        Msp = new MspDefinition
        {
            MspId = mspId,
            Root = X509Certificate2.CreateFromPem(rootPem),
            RootPem = rootPem,
            TlsRootPem = Read("msp", "tlscacerts", $"tlsca.{domain}-cert.pem"),
        };
    }

    public string MspId { get; }

    public string Directory => _directory;

    public MspDefinition Msp { get; }

    /// <summary>
    /// Reads the serialized identity and the signer of a node, for instance peers/peer0.aurora.example.
    /// </summary>
    public (ByteString Serialized, Signer Signer) ReadNodeIdentity(string kind, string host)
    {
        string name = $"{host}.{_domain}";
        string certificate = Read(kind, name, "msp", "signcerts", $"{name}-cert.pem");
        var identity = new SerializedIdentity { Mspid = MspId, IdBytes = ByteString.CopyFromUtf8(certificate) };
        return (identity.ToByteString(), new Signer(Read(kind, name, "msp", "keystore", "priv_sk")));
    }

    /// <summary>Reads the TLS certificate and key of a node.</summary>
    public X509Certificate2 ReadNodeTls(string kind, string host)
    {
        string name = $"{host}.{_domain}";
        using var certificate = X509Certificate2.CreateFromPem(
            Read(kind, name, "tls", "server.crt"), Read(kind, name, "tls", "server.key"));

        // Some platforms' TLS does not take keys that live in memory only.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private string Read(params ReadOnlySpan<string> path)
    {
        string file = Path.Combine([_directory, .. path]);
        try
        {
            return File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DevNetworkException(
                $"The key material of {MspId} is incomplete: {file} is missing. Restore it, or remove the state "
                    + "directory to start a new network.");
        }
    }
}
