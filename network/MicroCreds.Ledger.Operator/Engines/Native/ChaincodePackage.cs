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
    private const string CodeFile = "code.tar.gz";
    private const string ConnectionFile = "connection.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Makes a package.</summary>
    /// <param name="label">What people recognise it by.</param>
    /// <param name="address">Where the chaincode server answers.</param>
    /// <param name="tls">What the peer dials with, or null to dial without TLS.</param>
    public static byte[] Create(string label, string address, ConnectionTls? tls)
    {
        var metadata = new JsonObject { ["type"] = "ccaas", ["label"] = label };
        byte[] code = Archive((ConnectionFile, ToBytes(Connection(address, tls))));
        return Archive(("metadata.json", ToBytes(metadata)), (CodeFile, code));
    }

    /// <summary>What a package of this says to a peer about where the chaincode answers.</summary>
    public static JsonObject Connection(string address, ConnectionTls? tls)
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

        return connection;
    }

    /// <summary>Reads that out of a package; null if it is none that can be read.</summary>
    public static JsonObject? ReadConnection(byte[] package)
    {
        try
        {
            return Find(package, CodeFile) is { } code && Find(code, ConnectionFile) is { } connection
                ? JsonNode.Parse(connection)?.AsObject()
                : null;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private static byte[]? Find(byte[] archive, string name)
    {
        using var gzip = new GZipStream(new MemoryStream(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == name && entry.DataStream is { } data)
            {
                using var content = new MemoryStream();
                data.CopyTo(content);
                return content.ToArray();
            }
        }

        return null;
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
