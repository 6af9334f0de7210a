using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// A private key of ML-DSA-44 (FIPS 204), which lies beside an elliptic one: statements and heads are signed by both.
/// Thread-safe.
/// </summary>
public sealed class MlDsaPrivateKey
{
    private const string PemLabel = "PRIVATE KEY";
    private const int SeedLength = 32;

    private readonly MLDsaPrivateKeyParameters _key;

    private MlDsaPrivateKey(MLDsaPrivateKeyParameters key)
    {
        _key = key;
        PublicKey = new MlDsaKey(key.GetPublicKeyEncoded());
    }

    /// <summary>The public key.</summary>
    public MlDsaKey PublicKey { get; }

    /// <summary>Makes a new key.</summary>
    public static MlDsaPrivateKey Generate() => new(MLDsaPrivateKeyParameters.FromSeed(
        MLDsaParameters.ml_dsa_44, RandomNumberGenerator.GetBytes(SeedLength)));

    /// <summary>Reads a PKCS#8 key in PEM (RFC 9881), its seed or its expanded form.</summary>
    /// <exception cref="FormatException">It is no such key; the message says what it is.</exception>
    public static MlDsaPrivateKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != PemLabel)
        {
            throw new FormatException(
                $"A key of ML-DSA-44 is PKCS#8 in PEM (\"-----BEGIN {PemLabel}-----\"); this holds no such block.");
        }

        try
        {
            if (PrivateKeyFactory.CreateKey(Convert.FromBase64String(pem[fields.Base64Data]))
                is MLDsaPrivateKeyParameters key && key.Parameters == MLDsaParameters.ml_dsa_44)
                return new MlDsaPrivateKey(key);
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException
            or Org.BouncyCastle.Security.SecurityUtilityException)
        {
            throw new FormatException("The PKCS#8 key is none of ML-DSA-44, or it is damaged.", e);
        }

        throw new FormatException("The PKCS#8 key is of another kind than ML-DSA-44.");
    }

    /// <summary>Writes the key as PKCS#8 in PEM: its seed of 32 bytes, as RFC 9881 has it.</summary>
    public string ToPem() => PemEncoding.WriteString(
        PemLabel,
        PrivateKeyInfoFactory.CreatePrivateKeyInfo(
            _key.WithPreferredFormat(MLDsaPrivateKeyParameters.Format.SeedOnly)).GetDerEncoded());

    /// <summary>Signs a message: pure ML-DSA with an empty context and fresh randomness, 2,420 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: false);
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }
}
