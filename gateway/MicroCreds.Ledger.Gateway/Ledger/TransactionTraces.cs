using System.Collections.Concurrent;
using System.Diagnostics;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// Which trace each transaction of this gateway came from, until its block arrives. They meet by the transaction's id:
/// a trace goes with a proposal to the contract, but nothing of it is in the block. Thread-safe.
/// </summary>
public static class TransactionTraces
{
    /// <summary>The name of the source of the mirror's spans.</summary>
    public const string Name = "MicroCreds.Ledger.Mirror";

    /// <summary>The most transactions that are waited for; further ones have no link in their block's span.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>The most transactions that a block's span names.</summary>
    private const int MaxLinks = 128;

    private static readonly ActivitySource Source = new(Name);
    private static readonly ConcurrentDictionary<string, ActivityContext> Waiting = new(StringComparer.Ordinal);

    /// <summary>Notes that the current trace, if there is one that is exported, submits a transaction.</summary>
    public static void Note(string transactionId)
    {
        if (Source.HasListeners() && Activity.Current is { Recorded: true } current && Waiting.Count < MaxWaiting)
            Waiting[transactionId] = current.Context;
    }

    /// <summary>Forgets a transaction that will not come.</summary>
    public static void Forget(string transactionId) => Waiting.TryRemove(transactionId, out _);

    /// <summary>Begins the span of a block, linked to the trace of each transaction that came from here.</summary>
    public static Activity? StartBlock(ulong block, IEnumerable<string> transactionIds)
    {
        if (!Source.HasListeners())
            return null;
        var links = new List<ActivityLink>();
        foreach (string id in transactionIds)
        {
            if (Waiting.TryRemove(id, out var trace) && links.Count < MaxLinks)
                links.Add(new ActivityLink(trace, new ActivityTagsCollection([new("fabric.transaction_id", id)])));
        }

        return Source.StartActivity(
            "ledger.block", ActivityKind.Consumer, default(ActivityContext), [new("fabric.block", (long)block)], links);
    }
}
