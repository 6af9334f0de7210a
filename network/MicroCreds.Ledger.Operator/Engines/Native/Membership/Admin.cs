using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>A member's admin, with the key that is nobody else's.</summary>
internal sealed class Admin : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create();
    private readonly byte[] _creator;

    /// <exception cref="OperatorException">The certificate or the key cannot be read.</exception>
    public Admin(string mspId, OrganizationFiles files)
    {
        MspId = mspId;
        try
        {
            _creator = new SerializedIdentity
            {
                Mspid = mspId,
                IdBytes = ByteString.CopyFrom(Encoding.ASCII.GetBytes(File.ReadAllText(files.CertificateOf("Admin")))),
            }.ToByteArray();
            _key.ImportFromPem(File.ReadAllText(files.KeyOf("Admin")));
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or ArgumentException)
        {
            _key.Dispose();
            throw new OperatorException(
                $"The admin of {mspId} cannot sign: {exception.Message}\nIts certificate and key must lie where "
                + "cryptogen puts them, under --state; only the member itself has them.");
        }
    }

    public string MspId { get; }

    /// <summary>Who signs, with a number that is used once.</summary>
    public byte[] NewSignatureHeader() => new SignatureHeader
    {
        Creator = ByteString.CopyFrom(_creator),
        Nonce = ByteString.CopyFrom(TransactionId.NewNonce()),
    }.ToByteArray();

    public byte[] Sign(ReadOnlySpan<byte> message) => EcdsaSignature.SignDigest(_key, SHA256.HashData(message));

    public void Dispose() => _key.Dispose();
}
