using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Fabric.Testing;

/// <summary>Somebody who calls transactions on a <see cref="TestLedger"/>: a certificate of an organisation's
/// authority.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class TestClient
{
    internal TestClient(string mspId, string name, string certificatePem)
    {
        (MspId, Name, CertificatePem) = (mspId, name, certificatePem);
        Creator = new SerializedIdentity { Mspid = mspId, IdBytes = ByteString.CopyFromUtf8(certificatePem) }
            .ToByteString();
    }

    /// <summary>The organisation.</summary>
    public string MspId { get; }

    /// <summary>The common name of the certificate.</summary>
    public string Name { get; }

    /// <summary>The certificate, in PEM: what the chaincode sees as who called.</summary>
    public string CertificatePem { get; }

    internal ByteString Creator { get; }
}
