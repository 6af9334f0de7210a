using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using PublicKey = System.Security.Cryptography.X509Certificates.PublicKey;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>An institution's own authority, that certifies its issuer key.</summary>
internal sealed class IssuerChain : IDisposable
{
    // What stands before the 32 bytes of an Ed25519 key (RFC 8410).
    private static readonly byte[] Ed25519Info = Convert.FromHexString("302a300506032b6570032100");

    private readonly IssuerPrivateKey _rootKey;
    private readonly ECDsa? _ecdsa;
    private readonly X509SignatureGenerator _signatures;

    /// <summary>Makes an authority.</summary>
    /// <param name="algorithm">Of its own key.</param>
    public IssuerChain(KeyAlgorithm algorithm = KeyAlgorithm.P256)
    {
        _rootKey = IssuerPrivateKey.Generate(algorithm);
        if (algorithm == KeyAlgorithm.P256)
        {
            _ecdsa = ECDsa.Create();
            _ecdsa.ImportFromPem(_rootKey.ToPem());
            _signatures = X509SignatureGenerator.CreateForECDsa(_ecdsa);
        }
        else
            _signatures = new Ed25519Signatures(_rootKey);

        var request = RequestFor("CN=Aurora Root", _rootKey);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        Root = request.Create(request.SubjectName, _signatures, now.AddDays(-1), now.AddYears(5), Serial());
    }

    /// <summary>The root.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Certifies a key for hosts.</summary>
    public X509Certificate2 Certify(IssuerPrivateKey key, params string[] hosts)
    {
        var request = RequestFor("CN=Aurora Issuer", key);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts)
        {
            if (host.Contains(':', StringComparison.Ordinal)) names.AddUri(new Uri(host));
            else names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Root, true, false));
        var start = new DateTimeOffset(Root.NotBefore.ToUniversalTime());
        return request.Create(Root.SubjectName, _signatures, start, start.AddYears(1), Serial());
    }

    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rootKey.Dispose();
        Root.Dispose();
    }

    private static byte[] Serial() => [1, .. RandomNumberGenerator.GetBytes(11)];

    private static CertificateRequest RequestFor(string name, IssuerPrivateKey key) =>
        new(new X500DistinguishedName(name), KeyOf(key), HashAlgorithmName.SHA256);

    private static PublicKey KeyOf(IssuerPrivateKey key)
    {
        if (key.Algorithm == KeyAlgorithm.Ed25519)
        {
            return PublicKey.CreateFromSubjectPublicKeyInfo(
                [.. Ed25519Info, .. Multikey.Parse(key.PublicKeyMultibase).Bytes.Span], out _);
        }

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.ToPem());
        return PublicKey.CreateFromSubjectPublicKeyInfo(ecdsa.ExportSubjectPublicKeyInfo(), out _);
    }

    /// <summary>The framework has no signatures of Ed25519 by itself.</summary>
    private sealed class Ed25519Signatures(IssuerPrivateKey key) : X509SignatureGenerator
    {
        private static readonly byte[] Identifier = Convert.FromHexString("300506032b6570");

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => Identifier;

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.Sign(data);

        protected override PublicKey BuildPublicKey() => KeyOf(key);
    }
}
