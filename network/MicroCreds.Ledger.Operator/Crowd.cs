namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Does the same for many members, for so many at once as the machine can: programs of dozens that all start together,
/// or write together, keep each other waiting until each gives up.
/// </summary>
internal static class Crowd
{
    /// <summary>For how many at once; a network as small as the sample's starts all at once.</summary>
    public static readonly int AtOnce = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Does it for each.</summary>
    /// <exception cref="OperatorException">The first that failed; no further ones are begun.</exception>
    public static Task ForEachAsync<T>(
        IEnumerable<T> members, Func<T, CancellationToken, Task> doAsync, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            members,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (member, token) => await doAsync(member, token));
}
