using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>A transaction as far as it can be judged without the state: parsed, its signatures verified.</summary>
internal sealed record OrderedTransaction
{
    /// <summary>The envelope as the block carries it.</summary>
    public required ByteString Envelope { get; init; }

    /// <summary>The transaction id that the header claims; "" when there is none.</summary>
    public string TransactionId { get; init; } = "";

    /// <summary>What is wrong with its form, header, creator or signature.</summary>
    public TxValidationCode FormCode { get; init; } = TxValidationCode.Valid;

    /// <summary>What is wrong with its content, which counts only if its id is new.</summary>
    public TxValidationCode ContentCode { get; init; } = TxValidationCode.Valid;

    /// <summary>The serialized time in its channel header.</summary>
    public byte[] Timestamp { get; init; } = [];

    /// <summary>The chaincode that was invoked.</summary>
    public string Chaincode { get; init; } = "";

    public IReadOnlyList<NamespaceReadWriteSet> ReadWriteSets { get; init; } = [];

    /// <summary>Those whose endorsements hold, each once.</summary>
    public IReadOnlyList<Identity> Endorsers { get; init; } = [];
}
