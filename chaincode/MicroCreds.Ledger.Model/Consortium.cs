namespace MicroCreds.Ledger.Model;

/// <summary>What the members decided by ballots: the one record of its kind.</summary>
public sealed record Consortium
{
    /// <summary>Who is or was an accreditor, in the order of admission; none is ever removed.</summary>
    public IReadOnlyList<AccreditorTerm> Accreditors { get; init; } = [];

    /// <summary>Tells whether an institution was an accreditor at a time.</summary>
    public bool IsAccreditor(string mspId, DateTimeOffset at) => Accreditors.Any(term =>
        term.MspId == mspId && term.Since <= at && (term.Until is null || at < term.Until));

    /// <summary>Tells whether an institution is an accreditor until further notice.</summary>
    public bool IsAccreditor(string mspId) => Accreditors.Any(term => term.MspId == mspId && term.Until is null);
}

/// <summary>A time during which an institution accredits.</summary>
public sealed record AccreditorTerm
{
    /// <summary>The institution.</summary>
    public required string MspId { get; init; }

    /// <summary>From when on: the time of the vote that decided.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The ballot that admitted it.</summary>
    public required string Ballot { get; init; }

    /// <summary>Until when, if it was removed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The ballot that removed it.</summary>
    public string? RemovedBy { get; init; }
}
