using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>The parts of a proposal that are the same for every transaction of a chaincode.</summary>
internal sealed class ProposalTarget(string channel, string chaincode)
{
    public string Channel { get; } = channel;

    /// <summary>Never changed once it is here: proposals share it.</summary>
    public ChaincodeID ChaincodeId { get; } = new() { Name = chaincode };

    public ByteString HeaderExtension { get; } =
        new ChaincodeHeaderExtension { ChaincodeId = new ChaincodeID { Name = chaincode } }.ToByteString();
}
