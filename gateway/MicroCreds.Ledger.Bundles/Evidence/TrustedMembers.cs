using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>The members' roots, and whose certificates chain to them. Not thread-safe.</summary>
internal sealed class TrustedMembers
{
    private const string AdminUnit = "admin";

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);

    public TrustedMembers(LedgerTrust trust)
    {
        foreach (var member in trust.Members)
        {
            if (member.Roots.Count == 0 || !_members.TryAdd(member.MspId, Read(member)))
                throw new EvidenceException($"The roots of {member.MspId} are missing, or stand there twice.");
        }

        Needed = trust.Endorsements ?? ((trust.Members.Count / 2) + 1);
    }

    /// <summary>How many members' peers make a new record theirs.</summary>
    public int Needed { get; }

    /// <summary>Finds who an identity of a transaction is.</summary>
    public Signatory Resolve(ReadOnlySpan<byte> serialized)
    {
        var identity = SerializedIdentity.Parser.ParseAsGo(ByteString.CopyFrom(serialized));
        return Resolve(identity.Mspid, identity.IdBytes.ToStringUtf8());
    }

    /// <summary>Finds whose a certificate is.</summary>
    /// <param name="mspId">Who it says that it is of.</param>
    /// <param name="pem">The certificate.</param>
    /// <param name="at">
    /// When it must have been valid; none for a transaction's, which stay good when their certificates run out.
    /// </param>
    /// <exception cref="EvidenceException">It is not that member's, or was not valid then.</exception>
    public Signatory Resolve(string mspId, string pem, DateTimeOffset? at = null)
    {
        if (!_members.TryGetValue(mspId, out var member))
            throw new EvidenceException($"{mspId} is not among the members whose roots are known.");
        if (member.Fault is { } fault) throw new EvidenceException(fault);
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new EvidenceException($"A certificate of {mspId} cannot be read.", e);
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(member.Roots);
        chain.ChainPolicy.ExtraStore.AddRange(member.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // As Fabric does: old transactions stay valid when certificates run out.
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = at?.UtcDateTime ?? certificate.NotBefore.AddSeconds(1);
        if (!chain.Build(certificate))
        {
            throw new EvidenceException(
                $"A certificate in the name of {mspId} does not chain to that member's root"
                + (at is { } time ? $", or was not valid at {time:u}." : "."));
        }

        var units = Units(certificate).ToList();
        return new Signatory(
            mspId, certificate, member.PeerUnit is null || units.Contains(member.PeerUnit),
            units.Contains(AdminUnit) || HasRole(certificate));
    }

    /// <summary>Requires a signature: ECDSA with SHA-256, DER with low s.</summary>
    public static void RequireSignature(
        Signatory signatory, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, string what)
    {
        using var key = signatory.Certificate.GetECDsaPublicKey()
            ?? throw new EvidenceException($"The key of {signatory.Name} is of a kind not known here: ECDSA is.");
        if (!EcdsaSignature.VerifyDigest(key, SHA256.HashData(message), signature))
            throw new EvidenceException($"The signature of {signatory.Name} ({signatory.MspId}) does not fit {what}.");
    }

    /// <summary>
    /// Reads a member's certificates. Each member sets its own on the channel: what cannot be read makes that member's
    /// word worth nothing, and keeps nobody else's from counting.
    /// </summary>
    private static Member Read(TrustedMember member)
    {
        var (roots, intermediates) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        string? fault = null;
        try
        {
            foreach (string pem in member.Roots) roots.ImportFromPem(pem);
            foreach (string pem in member.Intermediates) intermediates.ImportFromPem(pem);
            if (roots.Count == 0) fault = $"The roots of {member.MspId} in the trust file hold no certificate.";
        }
        catch (CryptographicException e)
        {
            fault = $"The certificates of {member.MspId} in the trust file are not PEM that can be read: {e.Message}";
        }

        return new Member(roots, intermediates, member.PeerUnit, fault);
    }

    private static IEnumerable<string> Units(X509Certificate2 certificate)
    {
        const string OrganizationalUnit = "2.5.4.11";
        return certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value == OrganizationalUnit)
            .Select(name => name.GetSingleElementValue() ?? "");
    }

    /// <summary>Whether Fabric's attributes give the identity a role of the contract.</summary>
    private static bool HasRole(X509Certificate2 certificate)
    {
        if (certificate.Extensions[IdentityAttributes.Oid]?.RawData is not { } raw) return false;

        try
        {
            using var attributes = JsonDocument.Parse(raw);
            return attributes.RootElement.TryGetProperty("attrs", out var all)
                && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(Roles.AttributeName, out var role)
                && role.ValueKind == JsonValueKind.String
                && role.GetString()!.Split(',', StringSplitOptions.TrimEntries)
                    .Any(one => one is Roles.Issuer or Roles.Registrar);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Member(
        X509Certificate2Collection Roots, X509Certificate2Collection Intermediates, string? PeerUnit, string? Fault);
}
