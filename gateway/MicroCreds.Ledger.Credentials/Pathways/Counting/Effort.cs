namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>What one evaluation may spend on comparing counts, over all the windows that it looks at.</summary>
internal sealed class Effort
{
    private const int MaxComparisons = 3_000_000;

    private int _comparisons;

    /// <summary>Counts one comparison.</summary>
    /// <exception cref="PathwayTooTangledException">It was one too many.</exception>
    public void Spend()
    {
        if (++_comparisons > MaxComparisons) throw new PathwayTooTangledException();
    }
}
