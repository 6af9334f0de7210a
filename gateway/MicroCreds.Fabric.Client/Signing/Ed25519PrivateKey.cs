using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.X509;

namespace MicroCreds.Fabric.Client.Signing;

/// <summary>An Ed25519 key: .NET has none of its own.</summary>
internal sealed class Ed25519PrivateKey : IPrivateKey
{
    private readonly Ed25519PrivateKeyParameters _parameters;

    public Ed25519PrivateKey(Ed25519PrivateKeyParameters parameters)
    {
        _parameters = parameters;
        PublicKeyInfo = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(parameters.GeneratePublicKey())
            .GetDerEncoded();
    }

    public bool SignsWholeMessage => true;

    public byte[] PublicKeyInfo { get; }

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _parameters);
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }

    public void Dispose()
    {
        // The parameters are managed memory only.
    }
}
