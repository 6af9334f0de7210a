using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>The node OU roles of a certificate; every valid identity is a member besides.</summary>
[Flags]
internal enum IdentityRoles
{
    Member = 1,
    Client = 2,
    Peer = 4,
    Admin = 8,
    Orderer = 16,
}

/// <summary>
/// A resolved identity: its certificate chains to its MSP's root and carries one node OU. Thread-safe.
/// </summary>
internal sealed class Identity
{
    // Importing a key costs three times a verification, and an ECDsa instance serves one thread at a time.
    private readonly ConcurrentBag<ECDsa> _keys = [];
    private readonly Ed25519PublicKey? _ed25519;
    private readonly X509Certificate2 _certificate = null!;

    public required string MspId { get; init; }

    public required IdentityRoles Roles { get; init; }

    /// <summary>The serialized identity as it stood in the request.</summary>
    public required ByteString Serialized { get; init; }

    public required X509Certificate2 Certificate
    {
        get => _certificate;
        init
        {
            _certificate = value;
            _ = Ed25519PublicKey.TryRead(value, out _ed25519);
        }
    }

    public required IReadOnlyList<string> OrganizationalUnits { get; init; }

    /// <summary>
    /// When the certificate runs out. Resolving ignores it, as Fabric does (old blocks stay valid): whoever admits a
    /// new request must check it.
    /// </summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// Tells whether the signature fits the message: low-S DER over its SHA-256, or with an Ed25519 key over all of it.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (_ed25519 is not null)
        {
            return _ed25519.Verify(message, signature);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return VerifyDigest(digest, signature);
    }

    /// <summary>Tells whether this identity is what the principal asks for.</summary>
    public bool Satisfies(MSPPrincipal principal)
    {
        try
        {
            return principal.PrincipalClassification switch
            {
                MSPPrincipal.Types.Classification.Role => HasRole(MSPRole.Parser.ParseFrom(principal.Principal)),
                MSPPrincipal.Types.Classification.OrganizationUnit =>
                    IsInUnit(OrganizationUnit.Parser.ParseFrom(principal.Principal)),
                MSPPrincipal.Types.Classification.Identity => IsSame(principal.Principal),
                _ => false,
            };
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private bool VerifyDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (!_keys.TryTake(out var key))
        {
            key = Certificate.GetECDsaPublicKey()!;
        }

        bool valid = EcdsaSignature.VerifyDigest(key, digest, signature);
        _keys.Add(key);
        return valid;
    }

    private bool HasRole(MSPRole role) =>
        role.MspIdentifier == MspId && role.Role switch
        {
            MSPRole.Types.MSPRoleType.Member => true,
            MSPRole.Types.MSPRoleType.Admin => Roles.HasFlag(IdentityRoles.Admin),
            MSPRole.Types.MSPRoleType.Client => Roles.HasFlag(IdentityRoles.Client),
            MSPRole.Types.MSPRoleType.Peer => Roles.HasFlag(IdentityRoles.Peer),
            MSPRole.Types.MSPRoleType.Orderer => Roles.HasFlag(IdentityRoles.Orderer),
            _ => false,
        };

    private bool IsInUnit(OrganizationUnit unit) =>
        unit.MspIdentifier == MspId && OrganizationalUnits.Contains(unit.OrganizationalUnitIdentifier);

    private bool IsSame(ByteString serialized) =>
        MspRegistry.TryReadCertificate(serialized, out string? mspId, out var other) && mspId == MspId
        && other.RawDataMemory.Span.SequenceEqual(Certificate.RawDataMemory.Span);
}
