using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>
/// How <see cref="FabricContract.SubmitWithRetryAsync"/> and <see cref="FabricContract.SubmitUntilKnownAsync"/> repeat
/// what failed.
/// </summary>
/// <remarks>
/// <para>The rules under which no transaction is lost or done twice:</para>
/// <list type="number">
/// <item>A failed endorsement wrote nothing: a new proposal may take its place.</item>
/// <item>
/// After a failed or timed-out submit, and after a commit status that did not come, the outcome is unknown: the commit
/// status is asked for, and then the identical transaction is sent again. The ledger takes its id only once.
/// </item>
/// <item>
/// A submit that is refused (<see cref="SubmitException.IsRefusal"/>) is final, unless an earlier sending of the same
/// transaction may have passed: then the outcome stays unknown until the ledger tells it. Where it is an orderer that
/// refused, the ledger is asked once, for <see cref="ProbeTimeout"/>: the peer may have tried another orderer before,
/// whose connection broke after it took the transaction.
/// </item>
/// <item>Only a known invalid outcome (<see cref="RetriedCodes"/>) leads to a new transaction id.</item>
/// </list>
/// </remarks>
public sealed record SubmitRetryOptions
{
    /// <summary>How many transaction ids to try, endorsements included. Default is 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>
    /// Whether an endorsement is tried again where no peer was reached, or none answered in time. Default is true;
    /// false fails at once where the caller itself tries later. Peers that are a block apart, or have no free slot, are
    /// always asked again.
    /// </summary>
    public bool RetriesUnreachable { get; init; } = true;

    /// <summary>
    /// Is told the id of each transaction before it is first sent: for logs, and for what must know it if the process
    /// ends before the outcome is known. Default is null.
    /// </summary>
    public Action<string>? OnEndorsed { get; init; }

    /// <summary>How often to send one transaction while its outcome is unknown. Default is 5.</summary>
    public int MaxSendings { get; init; } = 5;

    /// <summary>
    /// How long to wait before the first repetition. Default is 100 ms; it doubles, with random jitter.
    /// </summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between repetitions. Default is 5 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long to wait for the outcome of a transaction whose submit failed, before it is sent again or an orderer's
    /// refusal is told. Default is 3 s: longer than Fabric's orderers wait for a block to fill (2 s).
    /// </summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The outcomes after which the transaction is made anew: default are those where another transaction came first
    /// (MVCC_READ_CONFLICT, PHANTOM_READ_CONFLICT).
    /// </summary>
    public IReadOnlySet<TxValidationCode> RetriedCodes { get; init; } = new HashSet<TxValidationCode>
    {
        TxValidationCode.MvccReadConflict,
        TxValidationCode.PhantomReadConflict,
    };

    /// <exception cref="ArgumentException">Names every fault of the options.</exception>
    internal void Validate()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The retry options are wrong: {string.Join(" ", faults)}");
        }
    }

    private IEnumerable<string> Faults()
    {
        if (MaxAttempts < 1)
            yield return $"MaxAttempts is {MaxAttempts}: it must be at least 1.";

        if (MaxSendings < 1)
            yield return $"MaxSendings is {MaxSendings}: it must be at least 1.";

        if (MinDelay <= TimeSpan.Zero || MaxDelay < MinDelay)
            yield return $"MinDelay is {MinDelay} and MaxDelay {MaxDelay}: both must be positive, MinDelay the lesser.";

        if (ProbeTimeout <= TimeSpan.Zero)
            yield return $"ProbeTimeout is {ProbeTimeout}: it must be positive.";
    }
}
