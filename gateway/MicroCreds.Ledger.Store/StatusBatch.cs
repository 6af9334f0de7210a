namespace MicroCreds.Ledger.Store;

/// <summary>What is said of many credentials at once.</summary>
public sealed record StatusBatch
{
    /// <summary>Its name in addresses: 32 hexadecimal digits, in the order of time.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="StatusBatchState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The state that the credentials are to have.</summary>
    public required string Wanted { get; init; }

    /// <summary>Why, where the state needs a reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Who asked, as JSON.</summary>
    public required string Actor { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last one was done.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>The states of such a batch.</summary>
public static class StatusBatchState
{
    /// <summary>Somebody looks at what it would do; after a day it goes.</summary>
    public const string Draft = "draft";

    /// <summary>It is being done, whatever breaks.</summary>
    public const string Running = "running";

    /// <summary>All of it was tried.</summary>
    public const string Done = "done";
}

/// <summary>One of its credentials.</summary>
/// <param name="Position">Where it stands in what was sent, from 1.</param>
/// <param name="Root">The root of its issuance.</param>
/// <param name="Leaf">Its index there.</param>
/// <param name="State">One of <see cref="StatusItemState"/>.</param>
/// <param name="Outcome">Why it was not done.</param>
public sealed record StatusBatchItem(int Position, string Root, int Leaf, string State, string? Outcome = null);

/// <summary>The states of one of its credentials.</summary>
public static class StatusItemState
{
    /// <summary>It is still to be done.</summary>
    public const string Waiting = "waiting";

    /// <summary>It is as wanted.</summary>
    public const string Done = "done";

    /// <summary>It cannot be, and the outcome says why.</summary>
    public const string Failed = "failed";
}
