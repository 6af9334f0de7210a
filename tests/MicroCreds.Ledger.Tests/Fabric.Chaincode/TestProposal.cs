using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>Makes proposals as clients send them.</summary>
internal static class TestProposal
{
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 16, 30, 0, TimeSpan.Zero);

    public static readonly ByteString Nonce = ByteString.CopyFrom([.. Enumerable.Range(0, 24).Select(i => (byte)i)]);

    public static readonly ByteString Creator = Identity(
        "AuroraMSP", Certificate("CN=registrar, OU=client, O=Aurora", """{"attrs":{"microcreds.role":"issuer"}}"""));

    public static readonly SignedProposal Default = Make(Creator);

    public static SignedProposal Make(ByteString creator, params (string Name, string Value)[] transient)
    {
        var payload = new ChaincodeProposalPayload();
        foreach (var (name, value) in transient)
        {
            payload.TransientMap.Add(name, ByteString.CopyFromUtf8(value));
        }

        var header = new Header
        {
            ChannelHeader = new ChannelHeader
            {
                Type = (int)HeaderType.EndorserTransaction,
                ChannelId = ScriptedPeer.Channel,
                Timestamp = Timestamp.FromDateTimeOffset(Time),
            }.ToByteString(),
            SignatureHeader = new SignatureHeader { Creator = creator, Nonce = Nonce }.ToByteString(),
        };
        var proposal = new Proposal { Header = header.ToByteString(), Payload = payload.ToByteString() };
        return new SignedProposal
        {
            ProposalBytes = proposal.ToByteString(),
            Signature = ByteString.CopyFromUtf8("a signature that the peer has checked"),
        };
    }

    public static ByteString Identity(string mspId, string pem) =>
        new SerializedIdentity { Mspid = mspId, IdBytes = ByteString.CopyFromUtf8(pem) }.ToByteString();

    /// <summary>Makes a certificate with Fabric CA's attribute extension.</summary>
    public static string Certificate(string subject, string? attributes) =>
        Certificate(new X500DistinguishedName(subject), attributes);

    public static string Certificate(X500DistinguishedName subject, string? attributes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (attributes is not null)
        {
            request.CertificateExtensions.Add(
                new X509Extension(IdentityAttributes.Oid, Encoding.UTF8.GetBytes(attributes), critical: false));
        }

        using var certificate = request.CreateSelfSigned(Time.AddYears(-1), Time.AddYears(1));
        return certificate.ExportCertificatePem();
    }
}
