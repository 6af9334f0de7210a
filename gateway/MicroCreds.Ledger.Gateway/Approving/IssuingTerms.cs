using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Approving;

/// <summary>What goes with a request to issue, beside what the credentials say.</summary>
public sealed record IssuingTerms
{
    /// <summary>Issue now, from nowhere in particular.</summary>
    public static readonly IssuingTerms Now = new();

    /// <summary>When. Default is now.</summary>
    public DueTime? Due { get; init; }

    /// <summary>Where the rows are from.</summary>
    public IssuanceSource? Source { get; init; }

    /// <summary>The UUID of the credential that it takes the place of.</summary>
    public string? Corrects { get; init; }
}
