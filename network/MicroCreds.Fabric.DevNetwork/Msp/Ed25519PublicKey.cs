using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>
/// An Ed25519 key of a certificate, which signs whole messages: .NET has none of its own. Thread-safe.
/// </summary>
internal sealed class Ed25519PublicKey
{
    private const string Algorithm = "1.3.101.112";

    private readonly Ed25519PublicKeyParameters _parameters;

    private Ed25519PublicKey(byte[] key) => _parameters = new Ed25519PublicKeyParameters(key);

    /// <summary>Returns the certificate's key, or false if it has one of another kind.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        byte[] bytes = certificate.PublicKey.EncodedKeyValue.RawData;
        key = certificate.PublicKey.Oid.Value == Algorithm && bytes.Length == Ed25519PublicKeyParameters.KeySize
            ? new Ed25519PublicKey(bytes)
            : null;
        return key is not null;
    }

    /// <summary>Tells whether the signature fits the message.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, _parameters);
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }
}
