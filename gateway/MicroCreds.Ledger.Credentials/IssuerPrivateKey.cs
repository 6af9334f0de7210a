using System.Collections.Concurrent;
using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace MicroCreds.Ledger.Credentials;

/// <summary>A private key that an institution signs its statements and credentials with. Thread-safe.</summary>
public sealed class IssuerPrivateKey : IIssuerSigner, IDisposable
{
    private const string PemLabel = "PRIVATE KEY";
    private const string P256Oid = "1.2.840.10045.3.1.7";

    // A PrivateKeyInfo of version 0 with the algorithm 1.3.101.112, up to the 32 bytes of the key.
    private static readonly byte[] Ed25519Prefix = Convert.FromHexString("302e020100300506032b657004220420");

    private readonly byte[] _pkcs8;
    private readonly Ed25519PrivateKeyParameters? _ed25519;

    // A handle serves one thread at a time. Spare ones wait here: as many as ever signed at once, so about one per
    // core.
    private readonly ConcurrentBag<ECDsa> _handles = [];
    private volatile bool _disposed;

    private IssuerPrivateKey(byte[] pkcs8, ECDsa handle)
    {
        _pkcs8 = pkcs8;
        var point = handle.ExportParameters(includePrivateParameters: false).Q;
        byte[] compressed = [(byte)((point.Y![^1] & 1) == 0 ? 2 : 3), .. point.X!];
        Algorithm = KeyAlgorithm.P256;
        PublicKeyMultibase = Multikey.Encode(Algorithm, compressed);
        _handles.Add(handle);
    }

    private IssuerPrivateKey(byte[] pkcs8, Ed25519PrivateKeyParameters key)
    {
        _pkcs8 = pkcs8;
        _ed25519 = key;
        Algorithm = KeyAlgorithm.Ed25519;
        PublicKeyMultibase = Multikey.Encode(Algorithm, key.GeneratePublicKey().GetEncoded());
    }

    /// <summary>The kind of key.</summary>
    public KeyAlgorithm Algorithm { get; }

    /// <summary>The public key as a Multikey: <c>zDna…</c> (P-256) or <c>z6Mk…</c> (Ed25519).</summary>
    public string PublicKeyMultibase { get; }

    /// <summary>Makes a new key.</summary>
    /// <param name="algorithm">The kind of key. Default is P-256.</param>
    public static IssuerPrivateKey Generate(KeyAlgorithm algorithm = KeyAlgorithm.P256)
    {
        if (algorithm == KeyAlgorithm.Ed25519)
        {
            var key = new Ed25519PrivateKeyParameters(new SecureRandom());
            return new IssuerPrivateKey(PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetDerEncoded(), key);
        }

        var handle = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new IssuerPrivateKey(handle.ExportPkcs8PrivateKey(), handle);
    }

    /// <summary>Reads a PKCS#8 key in PEM, P-256 or Ed25519.</summary>
    /// <exception cref="FormatException">It is no such key; the message says what it is.</exception>
    public static IssuerPrivateKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != PemLabel)
        {
            throw new FormatException(
                $"An issuer's key is PKCS#8 in PEM (\"-----BEGIN {PemLabel}-----\"); this holds no such block.");
        }

        byte[] pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            if (PrivateKeyFactory.CreateKey(pkcs8) is Ed25519PrivateKeyParameters key) return new(pkcs8, key);

            var handle = OpenP256(pkcs8);
            if (handle.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256Oid)
                return new(pkcs8, handle);
            handle.Dispose();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException
            or InvalidOperationException or Org.BouncyCastle.Security.SecurityUtilityException)
        {
            throw new FormatException("The PKCS#8 key is neither P-256 nor Ed25519, or it is damaged.", e);
        }

        throw new FormatException("The key is on another curve; issuers' keys are P-256 or Ed25519.");
    }

    /// <summary>
    /// Writes the key as PKCS#8 in PEM; one of Ed25519 in the first version of that form (RFC 8410), without the public
    /// key behind it, which OpenSSL does not read.
    /// </summary>
    public string ToPem() => PemEncoding.WriteString(
        PemLabel, _ed25519 is null ? _pkcs8 : [.. Ed25519Prefix, .. _ed25519.GetEncoded()]);

    /// <summary>Signs a message: 64 bytes, over its SHA-256 for P-256 (r followed by s), pure for Ed25519.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ed25519 is not null)
        {
            byte[] signature = new byte[Ed25519.SignatureSize];
            byte[] copy = message.ToArray();
            _ed25519.Sign(Ed25519.Algorithm.Ed25519, null, copy, 0, copy.Length, signature, 0);
            return signature;
        }

        if (!_handles.TryTake(out var handle)) handle = OpenP256(_pkcs8);
        byte[] result = handle.SignData(
            message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _handles.Add(handle);
        if (_disposed) DisposeHandles();
        return result;
    }

    /// <summary>As <see cref="Sign"/>. Completes synchronously.</summary>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        new(Sign(message.Span));

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        DisposeHandles();
        CryptographicOperations.ZeroMemory(_pkcs8);
    }

    private static ECDsa OpenP256(byte[] pkcs8)
    {
        var handle = ECDsa.Create();
        try
        {
            handle.ImportPkcs8PrivateKey(pkcs8, out _);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void DisposeHandles()
    {
        while (_handles.TryTake(out var handle)) handle.Dispose();
    }
}
