using System.Formats.Cbor;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>
/// Writes a Status List Token (IETF Token Status List), as a JWT or a CWT: what readers of tokens know.
/// </summary>
public sealed record TokenStatusList
{
    /// <summary>The type of the JWT.</summary>
    public const string JwtType = "statuslist+jwt";

    /// <summary>The media type of the JWT.</summary>
    public const string JwtMediaType = "application/" + JwtType;

    /// <summary>The type of the CWT, and its media type.</summary>
    public const string CwtMediaType = "application/statuslist+cwt";

    // COSE (RFC 9052, 9360, 9596) and CWT (RFC 8392) have numbers for names.
    private const int CoseAlgorithm = 1;
    private const int CoseKeyName = 4;
    private const int CoseType = 16;
    private const int CoseCertificates = 33;
    private const int CoseEs256 = -7;
    private const int CoseEdDsa = -8;
    private const int CoseSign1Tag = 18;
    private const int CwtIssuer = 1;
    private const int CwtSubject = 2;
    private const int CwtExpires = 4;
    private const int CwtIssuedAt = 6;
    private const int CwtStatusList = 65533;
    private const int CwtTimeToLive = 65534;

    /// <summary>The list's address, which tokens name and which it must have as its subject.</summary>
    public required string Url { get; init; }

    /// <summary>When it was made, kept to whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Until when it may be relied on, kept to whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>For how long after it was fetched it may be relied on, kept to whole seconds.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>The list.</summary>
    public required TokenStatuses Statuses { get; init; }

    /// <summary>Writes and signs the list as a JWT.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public ValueTask<byte[]> SignJwtAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var claims = new JsonObject
        {
            // The standard has no issuer any more; readers of earlier drafts ask for one.
            ["iss"] = key.IssuerUrl ?? key.Did,
            ["sub"] = Url,
            ["iat"] = IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = ExpiresAt.ToUnixTimeSeconds(),
            ["ttl"] = (long)TimeToLive.TotalSeconds,
            ["status_list"] = new JsonObject
            {
                ["bits"] = Statuses.Bits,
                ["lst"] = Encoding.ASCII.GetString(StrictBase64Url.Encode(Statuses.Encode())),
            },
        };
        return CompactJws.SignAsync(
            key.Signer, key.HeaderOf(JwtType), CanonicalJson.Canonicalize(claims), cancellationToken);
    }

    /// <summary>Writes and signs the list as a CWT: a tagged COSE_Sign1, without the tag of CWT.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public async ValueTask<byte[]> SignCwtAsync(TokenKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] header = CoseHeader(key.Signer.Algorithm);
        byte[] payload = CwtClaims(key.IssuerUrl ?? key.Did);
        byte[] signature = await key.Signer.SignAsync(BytesToSign(header, payload), cancellationToken)
            .ConfigureAwait(false);
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteTag((CborTag)CoseSign1Tag);
        writer.WriteStartArray(4);
        writer.WriteByteString(header);
        WriteOpenHeader(writer, key);
        writer.WriteByteString(payload);
        writer.WriteByteString(signature);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static byte[] CoseHeader(KeyAlgorithm algorithm)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(2);
        writer.WriteInt32(CoseAlgorithm);
        writer.WriteInt32(algorithm == KeyAlgorithm.P256 ? CoseEs256 : CoseEdDsa);
        writer.WriteInt32(CoseType);
        writer.WriteTextString(CwtMediaType);
        writer.WriteEndMap();
        return writer.Encode();
    }

    // A wrong name or chain would lead to another key, under which the signature does not hold.
    private static void WriteOpenHeader(CborWriter writer, TokenKey key)
    {
        writer.WriteStartMap(key.Certificates.Count > 0 ? 2 : 1);
        writer.WriteInt32(CoseKeyName);
        writer.WriteByteString(Encoding.UTF8.GetBytes(key.Name));
        if (key.Certificates.Count > 0)
        {
            writer.WriteInt32(CoseCertificates);

            // One stands by itself, several in a list (RFC 9360).
            if (key.Certificates.Count > 1) writer.WriteStartArray(key.Certificates.Count);
            foreach (string certificate in key.Certificates)
                writer.WriteByteString(Convert.FromBase64String(certificate));
            if (key.Certificates.Count > 1) writer.WriteEndArray();
        }

        writer.WriteEndMap();
    }

    private byte[] CwtClaims(string issuer)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(6);
        writer.WriteInt32(CwtIssuer);
        writer.WriteTextString(issuer);
        writer.WriteInt32(CwtSubject);
        writer.WriteTextString(Url);
        writer.WriteInt32(CwtExpires);
        writer.WriteInt64(ExpiresAt.ToUnixTimeSeconds());
        writer.WriteInt32(CwtIssuedAt);
        writer.WriteInt64(IssuedAt.ToUnixTimeSeconds());
        writer.WriteInt32(CwtStatusList);
        writer.WriteStartMap(2);
        writer.WriteTextString("lst");
        writer.WriteByteString(Statuses.Encode());
        writer.WriteTextString("bits");
        writer.WriteInt32(Statuses.Bits);
        writer.WriteEndMap();
        writer.WriteInt32(CwtTimeToLive);
        writer.WriteInt64((long)TimeToLive.TotalSeconds);
        writer.WriteEndMap();
        return writer.Encode();
    }

    // The Sig_structure (RFC 9052, 4.4).
    private static byte[] BytesToSign(byte[] header, byte[] payload)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(header);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }
}
