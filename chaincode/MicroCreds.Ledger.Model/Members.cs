namespace MicroCreds.Ledger.Model;

/// <summary>
/// The members whose peers endorse: the one record that the endorsement policies of all others are made from.
/// </summary>
/// <param name="MspIds">The members' MSPs, sorted ordinally.</param>
public sealed record Members(IReadOnlyList<string> MspIds)
{
    /// <summary>Who left, in the order of leaving; one that may come back is not in it any more.</summary>
    public IReadOnlyList<FormerMember> Former { get; init; } = [];
}

/// <summary>An institution that is a member no more. What it issued stands and verifies.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="LeftAt">The time of the transaction by which it left.</param>
/// <param name="Ballot">
/// The digest of the ballot that removed it; absent where it left by its own word.
/// </param>
public sealed record FormerMember(string MspId, DateTimeOffset LeftAt, string? Ballot = null);
