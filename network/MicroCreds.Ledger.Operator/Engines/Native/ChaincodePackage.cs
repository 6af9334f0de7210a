using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>A package of chaincode that is a service: where it answers and the keys to dial it, no code.</summary>
internal static class ChaincodePackage
{
    private const string DialTimeout = "10s";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Makes a package.</summary>
    /// <param name="label">What people recognise it by.</param>
    /// <param name="address">Where the chaincode server answers.</param>
    /// <param name="tls">What the peer dials with, or null to dial without TLS.</param>
    public static byte[] Create(string label, string address, ConnectionTls? tls)
    {
        var connection = new JsonObject
        {
            ["address"] = address,
            ["dial_timeout"] = DialTimeout,
            ["tls_required"] = tls is not null,
        };
        if (tls is not null)
        {
            connection["client_auth_required"] = true;
            connection["client_cert"] = tls.ClientCertPem;
            connection["client_key"] = tls.ClientKeyPem;
            connection["root_cert"] = tls.RootCertPem;
        }

        var metadata = new JsonObject { ["type"] = "ccaas", ["label"] = label };
        byte[] code = Archive(("connection.json", ToBytes(connection)));
        return Archive(("metadata.json", ToBytes(metadata)), ("code.tar.gz", code));
    }

    /// <summary>The id that peers give a package: its label and the hash of its bytes.</summary>
    public static string IdOf(string label, ReadOnlySpan<byte> package) =>
        $"{label}:{Convert.ToHexStringLower(SHA256.HashData(package))}";

    private static byte[] ToBytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Json));

    private static byte[] Archive(params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (name, content) in files)
            {
                // No owner and no date: the same content has the same id wherever and whenever it is packed.
                using var stream = new MemoryStream(content);
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = stream,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return bytes.ToArray();
    }
}

/// <summary>What a peer dials a chaincode server with.</summary>
/// <param name="ClientCertPem">The peer's certificate.</param>
/// <param name="ClientKeyPem">Its key.</param>
/// <param name="RootCertPem">The authority that the server's certificate must come from.</param>
internal sealed record ConnectionTls(string ClientCertPem, string ClientKeyPem, string RootCertPem);
