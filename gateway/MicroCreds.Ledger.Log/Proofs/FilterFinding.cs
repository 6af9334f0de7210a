using MicroCreds.Ledger.Log.Filters;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>Whether a filter of what is not in force counts, and as of when.</summary>
public sealed record FilterFinding
{
    /// <summary>Who signed its head.</summary>
    public required HeadFinding Head { get; init; }

    /// <summary>Whether it is the one that its head names.</summary>
    public bool IsProven { get; private init; }

    /// <summary>
    /// The filter, if it counts; else it neither takes a credential's standing away nor gives it, and is not read.
    /// </summary>
    public StatusFilter? Filter { get; private init; }

    /// <summary>Why it counts for nothing; none if it counts.</summary>
    public string? Fault { get; private init; }

    /// <summary>Judges a filter.</summary>
    /// <param name="file">The filter.</param>
    /// <param name="head">Who signed its head.</param>
    public static FilterFinding Of(StatusFilterFile file, HeadFinding head)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(head);
        try
        {
            if (head.Fault is null) return new FilterFinding { Head = head, IsProven = true, Filter = file.Open() };
            file.RequireNamed();
            return new FilterFinding { Head = head, IsProven = true, Fault = head.Fault };
        }
        catch (FormatException e)
        {
            return new FilterFinding { Head = head, Fault = e.Message };
        }
    }
}
