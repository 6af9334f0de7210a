namespace MicroCreds.Ledger.Tests.Histories.Reference;

/// <summary>
/// What the rules of the ledger say about a history: a list of facts, and questions that are answered by going through
/// all of it. It shares no code with the product, and no thought of being quick.
/// </summary>
internal sealed partial class ReferenceLedger(string name)
{
    private readonly List<Fact> _facts = [];

    /// <summary>The name that statements and documents must carry.</summary>
    public string Name { get; } = name;

    /// <summary>The newest block, and its moment.</summary>
    public Moment Newest { get; private set; }

    /// <summary>A history of its own that goes on from here.</summary>
    public ReferenceLedger Fork()
    {
        var fork = new ReferenceLedger(Name) { Newest = Newest };
        fork._facts.AddRange(_facts);
        return fork;
    }

    /// <summary>Takes a block in: what counts are the times of valid transactions that wrote public keys.</summary>
    public void TakeBlock(long block, IEnumerable<DateTimeOffset> times) =>
        Newest = new Moment(block, times.Append(Newest.Time).Max());

    public void Say(Fact fact) => _facts.Add(fact);

    private IEnumerable<T> All<T>(string? mspId = null)
        where T : Fact => _facts.OfType<T>()
            .Where(fact => fact.IsOwn && (mspId is null || fact.MspId == mspId));

    /// <summary>
    /// The one rule for stolen keys: what is good for someone does not count from when the key was in other hands, by
    /// the block's moment; what is bad counts whoever said it.
    /// </summary>
    private bool Counts(Fact said, bool isGoodNews) =>
        said.IsGenuine && (!isGoodNews || !IsStolen(said.MspId, said.KeyId, said.At.Time));

    private bool IsStolen(string mspId, string keyId, DateTimeOffset at) => All<KeyWithdrawn>(mspId)
        .Any(withdrawn => withdrawn.KeyId == keyId && withdrawn.StolenSince <= at);
}
