using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>An agreement, or an amendment, to be proposed.</summary>
public sealed record AgreementProposal
{
    /// <summary>
    /// The agreement's name: lower-case letters, digits and hyphens. The first proposer's MSP is put before it.
    /// Left out of an amendment.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>All parties, this institution among them.</summary>
    public required IReadOnlyList<string> Parties { get; init; }

    /// <summary>What is recognized, as what.</summary>
    public required IReadOnlyList<AgreementClause> Clauses { get; init; }

    /// <summary>From when on awards count. Default is now.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when awards count. Default is until it ends by notice.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>How many days' notice a party gives. Default is 90.</summary>
    public int NoticeDays { get; init; } = 90;

    /// <summary>Where the agreement's text is published, an https address.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// The other consortium whose awards are recognized; `awardedBy` then names members of that one, and one party is
    /// enough. Default is none.
    /// </summary>
    public AbroadConsortium? Abroad { get; init; }

    /// <summary>Takes it out of terms that were proposed.</summary>
    public static AgreementProposal Of(AgreementStatement terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new AgreementProposal
        {
            Id = terms.Id,
            Name = terms.Name,
            Parties = terms.Parties,
            Clauses = terms.Clauses,
            ValidFrom = terms.ValidFrom,
            ValidUntil = terms.ValidUntil,
            NoticeDays = terms.NoticeDays,
            Reference = terms.Reference,
            Abroad = terms.Abroad,
        };
    }
}
