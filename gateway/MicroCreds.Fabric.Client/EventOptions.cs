namespace MicroCreds.Fabric.Client;

/// <summary>Where a stream of events starts, and what happens when it breaks.</summary>
public sealed record EventOptions
{
    /// <summary>The block to start with. Default is null: the next one to be committed.</summary>
    public ulong? StartBlock { get; init; }

    /// <summary>
    /// The transaction in <see cref="StartBlock"/> to start after; only for chaincode events. Default is null: start
    /// with the block's first.
    /// </summary>
    public string? AfterTransactionId { get; init; }

    /// <summary>
    /// The position to start from, in place of the two above as soon as one has been saved. Default is null.
    /// </summary>
    public ICheckpointer? Checkpointer { get; init; }

    /// <summary>
    /// Reopens the stream by itself after a break, right behind the last event that it delivered: no gap, no duplicate.
    /// Default is null: a break ends the stream with an <see cref="EventStreamException"/>. Needs a signer.
    /// </summary>
    public ResumeOptions? Resume { get; init; }
}
