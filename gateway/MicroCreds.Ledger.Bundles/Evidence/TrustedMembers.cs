using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>The members' roots, and whose certificates chain to them. Not thread-safe.</summary>
internal sealed class TrustedMembers
{
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);

    public TrustedMembers(LedgerTrust trust)
    {
        foreach (var member in trust.Members)
        {
            var read = new Member(Read(member.Roots, member), Read(member.Intermediates, member), member.PeerUnit);
            if (read.Roots.Count == 0 || !_members.TryAdd(member.MspId, read))
                throw new EvidenceException($"The roots of {member.MspId} are missing, or stand there twice.");
        }

        Needed = trust.Endorsements ?? ((trust.Members.Count / 2) + 1);
    }

    /// <summary>How many members' peers make a new record theirs.</summary>
    public int Needed { get; }

    /// <summary>Finds who an identity of a transaction is.</summary>
    public Signatory Resolve(ReadOnlySpan<byte> serialized)
    {
        var identity = SerializedIdentity.Parser.ParseFrom(serialized);
        return Resolve(identity.Mspid, identity.IdBytes.ToStringUtf8());
    }

    /// <summary>Finds whose a certificate is.</summary>
    public Signatory Resolve(string mspId, string pem)
    {
        if (!_members.TryGetValue(mspId, out var member))
            throw new EvidenceException($"{mspId} is not among the members whose roots are known.");
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
        chain.ChainPolicy.VerificationTime = certificate.NotBefore.AddSeconds(1);
        if (!chain.Build(certificate))
            throw new EvidenceException($"A certificate in the name of {mspId} does not chain to that member's root.");
        bool isPeer = member.PeerUnit is null || Units(certificate).Contains(member.PeerUnit);
        return new Signatory(mspId, certificate, isPeer);
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

    private static X509Certificate2Collection Read(IReadOnlyList<string> pems, TrustedMember member)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            foreach (string pem in pems)
                certificates.ImportFromPem(pem);
            return certificates;
        }
        catch (CryptographicException e)
        {
            throw new EvidenceException($"The certificates of {member.MspId} in the trust file are not PEM.", e);
        }
    }

    private static IEnumerable<string> Units(X509Certificate2 certificate)
    {
        const string OrganizationalUnit = "2.5.4.11";
        return certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value == OrganizationalUnit)
            .Select(name => name.GetSingleElementValue() ?? "");
    }

    private sealed record Member(
        X509Certificate2Collection Roots, X509Certificate2Collection Intermediates, string? PeerUnit);
}
