using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using MicroCreds.Fabric.Chaincode.Identity;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
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

    private static readonly ConcurrentDictionary<ByteString, ClientIdentity> Kept = new();

    private readonly string? _id;
    private readonly X509Certificate2? _certificate;

    private ClientIdentity(string mspId, X509Certificate2 certificate)
    {
        MspId = mspId;
        _certificate = certificate;
        var subject = DistinguishedName.Read(certificate.SubjectName);
        string id = $"x509::{subject}::{DistinguishedName.Read(certificate.IssuerName)}";
        _id = Convert.ToBase64String(Encoding.UTF8.GetBytes(id));
        OrganizationalUnits = subject.OrganizationalUnits;
        Attributes = ReadAttributes(certificate);
    }

    private ClientIdentity(string mspId, Dictionary<string, string> idemixAttributes)
    {
        MspId = mspId;
        OrganizationalUnits = [];
        Attributes = idemixAttributes;
    }

    /// <summary>Gets the identifier of the MSP.</summary>
    public string MspId { get; }

    /// <summary>
    /// Gets what identifies the client within its MSP, and outlives a renewed certificate: the base64 of
    /// <c>x509::subject::issuer</c>, as the chaincode library for Go gives it.
    /// </summary>
    /// <exception cref="ChaincodeException">The identity is Idemix's, which tells nobody from another.</exception>
    public string Id => _id ?? throw Anonymous("id");

    /// <summary>
    /// Tells whether this is an Idemix credential: its attributes are <c>ou</c> and <c>role</c>, and it has neither an
    /// <see cref="Id"/> nor a <see cref="Certificate"/> nor <see cref="OrganizationalUnits"/>.
    /// </summary>
    public bool IsIdemix => _certificate is null;

    /// <summary>Gets the certificate. Shared with other transactions: do not dispose it.</summary>
    /// <exception cref="ChaincodeException">The identity is Idemix's, which has none.</exception>
    public X509Certificate2 Certificate => _certificate ?? throw Anonymous("certificate");

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
            string text = identity.IdBytes.ToStringUtf8();
            return PemEncoding.TryFind(text, out _)
                ? new ClientIdentity(identity.Mspid, X509Certificate2.CreateFromPem(text))
                : new ClientIdentity(identity.Mspid, ReadIdemix(identity.IdBytes));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or CryptographicException or JsonException
            or ArgumentException or AsnContentException)
        {
            throw new ChaincodeException(
                "The transaction's creator is not an X.509 identity with a certificate in PEM and attributes in JSON, "
                    + "nor an Idemix credential.",
                e);
        }
    }

    private static Dictionary<string, string> ReadIdemix(ByteString credential)
    {
        var identity = SerializedIdemixIdentity.Parser.ParseAsGo(credential);
        return new Dictionary<string, string>
        {
            ["ou"] = OrganizationUnit.Parser.ParseAsGo(identity.Ou).OrganizationalUnitIdentifier,
            ["role"] = MSPRole.Parser.ParseAsGo(identity.Role).Role switch
            {
                MSPRole.Types.MSPRoleType.Member => "member",
                MSPRole.Types.MSPRoleType.Admin => "admin",
                MSPRole.Types.MSPRoleType.Client => "client",
                MSPRole.Types.MSPRoleType.Peer => "peer",
                _ => "",
            },
        };
    }

    private static ChaincodeException Anonymous(string what) => new(
        $"The transaction's creator has no {what}: it is an Idemix credential, of which only ou and role are known.");

    private static Dictionary<string, string> ReadAttributes(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions[IdentityAttributes.Oid];
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
