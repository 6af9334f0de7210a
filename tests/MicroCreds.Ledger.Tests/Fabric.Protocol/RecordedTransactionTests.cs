using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

/// <summary>Our bytes against those of a real network.</summary>
public sealed class RecordedTransactionTests
{
    private static readonly Proposal Proposal = Proposal.Parser.ParseFrom(Bytes(RecordedTransaction.ProposalBytes));
    private static readonly Header Header = Header.Parser.ParseFrom(Proposal.Header);

    [Fact]
    public void TransactionId_IsThatOfTheClient()
    {
        var signature = SignatureHeader.Parser.ParseFrom(Header.SignatureHeader);
        Assert.Equal(
            RecordedTransaction.TransactionId, TransactionId.Compute(signature.Nonce.Span, signature.Creator.Span));
    }

    [Fact]
    public void ProposalHash_LeavesOutTransientData()
    {
        var payload = ChaincodeProposalPayload.Parser.ParseFrom(Proposal.Payload);
        Assert.NotEmpty(payload.TransientMap);
        byte[] hash = ProposalHash.Compute(Header, ProposalHash.WithoutTransient(payload).Span);
        Assert.Equal(RecordedTransaction.ProposalHash, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Endorsement_CoversTheResponseAndTheEndorser()
    {
        byte[] endorser = Bytes(RecordedTransaction.Endorser);
        var identity = SerializedIdentity.Parser.ParseFrom(endorser);
        using var certificate = X509Certificate2.CreateFromPem(identity.IdBytes.ToStringUtf8());
        using var key = certificate.GetECDsaPublicKey()!;
        byte[] digest = SHA256.HashData([.. Bytes(RecordedTransaction.ResponsePayload), .. endorser]);
        byte[] signature = Bytes(RecordedTransaction.EndorsementSignature);
        Assert.True(EcdsaSignature.VerifyDigest(key, digest, signature));
        Assert.Equal(signature, EcdsaSignature.ToLowS(signature, 256));
        digest[0] ^= 1;
        Assert.False(EcdsaSignature.VerifyDigest(key, digest, signature));
    }

    [Fact]
    public void ReadWriteSet_HasThePeersBytes()
    {
        var set = new ReadWriteSetBuilder();
        set.AddWrite("basic", "vec1795451821566", "value"u8.ToArray());
        set.AddRead("basic", "vec1795451821566", new KeyVersion(102, 0));
        set.AddRead("_lifecycle", "namespaces/fields/basic/Sequence", new KeyVersion(2, 0));
        Assert.Equal(RecordedTransaction.Results, Convert.ToHexStringLower(set.Build().ToByteArray()));
    }

    [Fact]
    public void BlockHash_IsWhatTheNextBlockCarries()
    {
        var header = new BlockHeader
        {
            Number = RecordedTransaction.BlockNumber,
            PreviousHash = ByteString.CopyFrom(Bytes(RecordedTransaction.PreviousHash)),
            DataHash = ByteString.CopyFrom(Bytes(RecordedTransaction.DataHash)),
        };
        Assert.Equal(RecordedTransaction.HeaderHash, Convert.ToHexStringLower(BlockHash.OfHeader(header)));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
