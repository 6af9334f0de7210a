using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>
/// Knows every organisation of the channel, and resolves the identities that requests carry. Thread-safe.
/// </summary>
internal sealed class MspRegistry(IEnumerable<MspDefinition> msps)
{
    /// <summary>How many parsed identities are kept; beyond it the cache starts anew.</summary>
    public const int MaxCachedIdentities = 10_000;

    private const string CaCertificate = "a CA certificate cannot be used directly by this MSP";
    private const string NotOneRole =
        "the identity must be a client, a peer, an orderer or an admin identity to be valid";

    private readonly Dictionary<string, MspDefinition> _msps = msps.ToDictionary(msp => msp.MspId);
    private readonly ConcurrentDictionary<ByteString, Identity> _cache = new();

    public IEnumerable<MspDefinition> Msps => _msps.Values;

    /// <summary>Resolves a serialized identity; parsed certificates are cached.</summary>
    /// <param name="serialized">The creator or endorser as it stands in the message.</param>
    /// <param name="identity">The identity, if it is one of this channel.</param>
    /// <param name="error">What is wrong with it, in the words of Fabric's MSP, else null.</param>
    public bool TryResolve(
        ByteString serialized, [NotNullWhen(true)] out Identity? identity, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (_cache.TryGetValue(serialized, out identity))
        {
            return true;
        }

        if (!TryReadCertificate(serialized, out string? mspId, out var certificate))
        {
            error = "could not decode the PEM structure of the identity's certificate";
            return false;
        }

        if (!_msps.TryGetValue(mspId, out var msp))
        {
            error = $"MSP {mspId} is not defined on channel";
            return false;
        }

        try
        {
            error = Validate(msp, certificate, out var roles, out var units);
            if (error is null)
            {
                identity = new Identity
                {
                    MspId = mspId,
                    Roles = roles,
                    Serialized = serialized,
                    Certificate = certificate,
                    OrganizationalUnits = units,
                    ExpiresAt = new DateTimeOffset(certificate.NotAfter),
                };
                Remember(serialized, identity);
                return true;
            }
        }
        catch (Exception exception) when (
            exception is CryptographicException or AsnContentException or ArgumentException or FormatException)
        {
            // Parts of a certificate are only read when they are asked for, and may be anything.
            error = $"parseCertificate failed: {exception.Message}";
        }

        certificate.Dispose();
        return false;
    }

    /// <summary>
    /// Returns when a serialized identity's certificate runs out, whoever issued it; null if there is none to read.
    /// </summary>
    public DateTimeOffset? ExpiryOf(ByteString serialized)
    {
        if (TryResolve(serialized, out var identity, out _))
        {
            return identity.ExpiresAt;
        }

        if (!TryReadCertificate(serialized, out _, out var certificate))
        {
            return null;
        }

        using (certificate)
        {
            return new DateTimeOffset(certificate.NotAfter);
        }
    }

    /// <summary>
    /// Tells whether an error of <see cref="TryResolve"/> is about an identity that its MSP did issue, but that is not
    /// valid: peers name the organisation then, and call the creator malformed otherwise.
    /// </summary>
    public static bool IsAboutIssuedIdentity(string error) =>
        error == CaCertificate || error.StartsWith(NotOneRole, StringComparison.Ordinal);

    internal static bool TryReadCertificate(
        ByteString serialized,
        [NotNullWhen(true)] out string? mspId,
        [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        (mspId, certificate) = (null, null);
        try
        {
            var parts = SerializedIdentity.Parser.ParseFrom(serialized);
            string text = Encoding.UTF8.GetString(parts.IdBytes.Span);
            if (!PemEncoding.TryFind(text, out var fields))
            {
                return false;
            }

            certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text[fields.Base64Data]));
            mspId = parts.Mspid;
            return true;
        }
        catch (Exception exception) when (
            exception is InvalidProtocolBufferException or FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static string? Validate(
        MspDefinition msp, X509Certificate2 certificate, out IdentityRoles roles, out IReadOnlyList<string> units)
    {
        (roles, units) = (IdentityRoles.Member, []);
        using (var key = certificate.GetECDsaPublicKey())
        {
            if (key is { KeySize: not (256 or 384) } || (key is null && !Ed25519PublicKey.TryRead(certificate, out _)))
            {
                return "failed to import certificate's public key: only P-256, P-384 and Ed25519 are supported here";
            }
        }

        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority))
        {
            return CaCertificate;
        }

        if (!msp.Issued(certificate, out string reason))
        {
            return $"the supplied identity is not valid: x509: certificate signed by unknown authority ({reason})";
        }

        units = CertificateNames.OrganizationalUnits(certificate);
        var nodeRoles = units.Select(RoleOf).Where(role => role != 0).ToArray();
        if (nodeRoles.Length != 1)
        {
            return $"{NotOneRole}, not a combination of them. OUs: [{string.Join(' ', units)}], MSP: [{msp.MspId}]";
        }

        roles |= nodeRoles[0];
        return null;
    }

    private static IdentityRoles RoleOf(string unit) => unit switch
    {
        "client" => IdentityRoles.Client,
        "peer" => IdentityRoles.Peer,
        "admin" => IdentityRoles.Admin,
        "orderer" => IdentityRoles.Orderer,
        _ => 0,
    };

    private void Remember(ByteString serialized, Identity identity)
    {
        if (_cache.Count >= MaxCachedIdentities)
        {
            _cache.Clear();
        }

        _cache[serialized] = identity;
    }
}
