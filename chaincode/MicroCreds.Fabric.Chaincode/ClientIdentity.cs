using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using MicroCreds.Fabric.Chaincode.Identity;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Who created a transaction: the MSP that vouches for it, its certificate and its attributes.</summary>
/// <remarks>
/// The peer has already checked signature, chain and expiry. Immutable. Source: <c>pkg/cid</c> of Fabric's chaincode
/// library for Go.
/// </remarks>
public sealed class ClientIdentity
{
    /// <summary>How many identities are kept parsed. Beyond that they are parsed again.</summary>
    private const int MaxKept = 256;

    /// <summary>The certificate extension in which Fabric CA writes attributes.</summary>
    private const string AttributesOid = "1.2.3.4.5.6.7.8.1";

    private static readonly ConcurrentDictionary<ByteString, ClientIdentity> Kept = new();

    private ClientIdentity(string mspId, X509Certificate2 certificate)
    {
        MspId = mspId;
        Certificate = certificate;
        var subject = DistinguishedName.Read(certificate.SubjectName);
        string id = $"x509::{subject}::{DistinguishedName.Read(certificate.IssuerName)}";
        Id = Convert.ToBase64String(Encoding.UTF8.GetBytes(id));
        OrganizationalUnits = subject.OrganizationalUnits;
        Attributes = ReadAttributes(certificate);
    }

    /// <summary>Gets the identifier of the MSP.</summary>
    public string MspId { get; }

    /// <summary>
    /// Gets what identifies the client within its MSP, and outlives a renewed certificate: the base64 of
    /// <c>x509::subject::issuer</c>, as the chaincode library for Go gives it.
    /// </summary>
    public string Id { get; }

    /// <summary>Gets the certificate. Shared with other transactions: do not dispose it.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Gets the organizational units of the certificate's subject, such as <c>client</c> or <c>admin</c>.
    /// </summary>
    public IReadOnlyList<string> OrganizationalUnits { get; }

    /// <summary>Gets the attributes that the CA attested.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; }

    /// <summary>Returns the value of an attribute; null where the certificate does not have it.</summary>
    public string? GetAttribute(string name) => Attributes.GetValueOrDefault(name);

    /// <summary>Tells whether an attribute has exactly this value.</summary>
    public bool HasAttribute(string name, string value) => GetAttribute(name) == value;

    /// <summary>Tells whether the certificate's subject has this organizational unit.</summary>
    public bool HasOrganizationalUnit(string unit) => OrganizationalUnits.Contains(unit);

    internal static ClientIdentity Read(ByteString creator)
    {
        if (Kept.TryGetValue(creator, out var identity))
        {
            return identity;
        }

        identity = Parse(creator);
        if (Kept.Count >= MaxKept)
        {
            Kept.Clear();
        }

        return Kept.GetOrAdd(creator, identity);
    }

    private static ClientIdentity Parse(ByteString creator)
    {
        try
        {
            var identity = SerializedIdentity.Parser.ParseAsGo(creator);
            return new ClientIdentity(identity.Mspid, X509Certificate2.CreateFromPem(identity.IdBytes.ToStringUtf8()));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or CryptographicException or JsonException
            or ArgumentException or AsnContentException)
        {
            throw new ChaincodeException(
                "The transaction's creator is not an X.509 identity with a certificate in PEM and attributes in JSON.",
                e);
        }
    }

    private static Dictionary<string, string> ReadAttributes(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions[AttributesOid];
        if (extension is null)
        {
            return [];
        }

        using var json = JsonDocument.Parse(extension.RawData);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("attrs", out var attributes)
            && attributes.ValueKind == JsonValueKind.Object
            ? attributes.EnumerateObject().ToDictionary(
                attribute => attribute.Name,
                attribute => attribute.Value.ValueKind == JsonValueKind.String
                    ? attribute.Value.GetString()!
                    : throw new JsonException($"Attribute '{attribute.Name}' is not text."))
            : [];
    }
}
