using System.Formats.Asn1;
using System.Security.Cryptography;
using MicroCreds.Fabric.Client.Signing;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace MicroCreds.Fabric.Client;

/// <summary>Signs with a private key in memory: ECDSA on P-256 or P-384, or Ed25519.</summary>
/// <remarks>
/// ECDSA signs digests, Ed25519 whole messages (<see cref="Hashes.None"/>, and a channel with capability V3_0);
/// <see cref="GatewayOptions"/> picks the hash accordingly. Thread-safe, and signs on as many threads as call.
/// </remarks>
public sealed class PrivateKeySigner : ISigner, IDisposable
{
    /// <summary>The algorithm id-ecPublicKey. Source: RFC 5480.</summary>
    private const string EllipticKey = "1.2.840.10045.2.1";

    private readonly IPrivateKey _key;

    private PrivateKeySigner(IPrivateKey key) => _key = key;

    /// <summary>Whether the key signs the whole message and not a digest of it: true for Ed25519.</summary>
    public bool SignsWholeMessage => _key.SignsWholeMessage;

    internal byte[] PublicKeyInfo => _key.PublicKeyInfo;

    /// <summary>Reads a private key in PEM: PKCS#8 ("PRIVATE KEY") or SEC 1 ("EC PRIVATE KEY").</summary>
    /// <exception cref="ArgumentException">
    /// The text holds no such key, or one that Fabric does not take; the message says which kind was found.
    /// </exception>
    public static PrivateKeySigner FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        try
        {
            return new PrivateKeySigner(Read(pem));
        }
        catch (Exception e) when (e is CryptographicException or GeneralSecurityException or FormatException
            or IOException or ArgumentException)
        {
            throw new ArgumentException($"The private key cannot be read: {e.Message}", nameof(pem), e);
        }
    }

    /// <summary>Reads a private key from a PEM file.</summary>
    /// <param name="path">The file, such as <c>msp/keystore/priv_sk</c>.</param>
    /// <exception cref="ArgumentException">The file holds no key that Fabric takes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PrivateKeySigner FromPemFile(string path)
    {
        try
        {
            return FromPem(File.ReadAllText(path));
        }
        catch (ArgumentException e) when (e.ParamName == "pem")
        {
            throw new ArgumentException($"{path}: {e.Message}", nameof(path), e);
        }
    }

    /// <summary>Signs a digest, or with Ed25519 the message. Completes synchronously.</summary>
    /// <exception cref="ObjectDisposedException">The signer was disposed.</exception>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken) =>
        new(_key.Sign(digest.Span));

    /// <summary>Frees the key's handles. No call that signs may be under way.</summary>
    public void Dispose() => _key.Dispose();

    private static IPrivateKey Read(string pem)
    {
        var (label, der) = Decode(pem);
        switch (label)
        {
            case "EC PRIVATE KEY":
                return EcdsaPrivateKey.Import(key => key.ImportECPrivateKey(der, out _));
            case "ENCRYPTED PRIVATE KEY":
                throw new FormatException("it is encrypted; decrypt it first, or implement ISigner around it.");
            case "PRIVATE KEY" when IsElliptic(der):
                return EcdsaPrivateKey.Import(key => key.ImportPkcs8PrivateKey(der, out _));
            case "PRIVATE KEY":
                return PrivateKeyFactory.CreateKey(der) switch
                {
                    Ed25519PrivateKeyParameters ed25519 => new Ed25519PrivateKey(ed25519),
                    var other => throw new FormatException(
                        $"it is of the kind {other.GetType().Name}; Fabric takes ECDSA on P-256 or P-384, or Ed25519."),
                };
            default:
                throw new FormatException(
                    $"the PEM holds \"{label}\" where \"PRIVATE KEY\" or \"EC PRIVATE KEY\" was expected.");
        }
    }

    /// <summary>
    /// Tells whether a PKCS#8 key is ECDSA's, as nearly all are: a process that asked the library for the others' keys
    /// would load and compile it first, longer than its first transaction takes.
    /// </summary>
    private static bool IsElliptic(byte[] der)
    {
        try
        {
            var key = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            _ = key.ReadInteger();
            return key.ReadSequence().ReadObjectIdentifier() == EllipticKey;
        }
        catch (AsnContentException)
        {
            return false; // Whoever reads all kinds says what is wrong.
        }
    }

    private static (string Label, byte[] Der) Decode(string pem)
    {
        ReadOnlySpan<char> rest = pem;
        string? seen = null;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            string label = rest[fields.Label].ToString();
            // OpenSSL writes the curve in front of the key itself.
            if (label != "EC PARAMETERS")
            {
                return (label, Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            }

            seen = label;
            rest = rest[fields.Location.End..];
        }

        throw new FormatException(seen is null ? "the text is not PEM." : $"the PEM holds only \"{seen}\".");
    }
}
