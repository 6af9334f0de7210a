using Microsoft.Extensions.Logging;
using MicroCreds.Fabric.Chaincode.Conversation;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>How a chaincode talks with its peer, whoever of the two dials the other.</summary>
public abstract record ChaincodeOptions
{
    /// <summary>The largest message that Fabric's peers send or take: 100 MiB.</summary>
    public const int FabricMaxMessageBytes = 100 * 1024 * 1024;

    private protected ChaincodeOptions()
    {
    }

    /// <summary>
    /// Gets the name under which the chaincode registers: the package id, <c>label:hash</c>, that the peer calculated
    /// when the package was installed; or in a peer's development mode what was approved in its place.
    /// </summary>
    public required string ChaincodeId { get; init; }

    /// <summary>
    /// Gets how long transactions in flight may take to finish when the chaincode stops. Default is 3 seconds: with the
    /// second that closing the streams may take it stays below the 5 after which a peer kills a chaincode that it
    /// launched, and the 10 of container engines.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets how often an idle connection is pinged. Default is one minute, as in Fabric's own.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets the largest message sent or taken, in bytes. Default is <see cref="FabricMaxMessageBytes"/>.
    /// </summary>
    public int MaxMessageBytes { get; init; } = FabricMaxMessageBytes;

    /// <summary>
    /// Gets how many transactions may run at once; the next one is refused with a clear error. Default is 10,000,
    /// four times what a peer lets in.
    /// </summary>
    public int MaxConcurrentTransactions { get; init; } = 10_000;

    /// <summary>
    /// Gets whether a transaction's writes are sent together at its end where the peer can take that. Default is true.
    /// The read/write set is the same; a write that the peer refuses then fails the transaction at its end, not at the
    /// call.
    /// </summary>
    public bool BatchWrites { get; init; } = true;

    /// <summary>
    /// Gets whether many public keys are read by one message where the peer can take that. Default is true. The
    /// read/write set is the same. Private keys are always read one by one.
    /// </summary>
    public bool BatchReads { get; init; } = true;

    /// <summary>Gets where to log. Default is null: standard output, from information upwards.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Checks the options, the key material included.</summary>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public void Validate()
    {
        var faults = FindFaults(onlyGiven: false);
        if (faults.Count > 0)
            throw new ChaincodeOptionsException(faults);
    }

    internal ConversationOptions Conversation => new(ChaincodeId, MaxMessageBytes, BatchWrites, BatchReads);

    /// <summary>Finds every fault; or only those of what is given, where what is missing is told otherwise.</summary>
    internal abstract List<string> FindFaults(bool onlyGiven);
}
