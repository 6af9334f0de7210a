namespace MicroCreds.Ledger.Model;

/// <summary>
/// Another consortium, whose awards an agreement recognizes: by whose word they are verified, without its channel and
/// without asking anybody there.
/// </summary>
public sealed record AbroadConsortium
{
    /// <summary>The name of its ledger; see <see cref="LedgerName"/>.</summary>
    public required string Ledger { get; init; }

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Whose signatures on the heads of its log are taken, and how many are needed: the text of a trust file, which a
    /// further version of the agreement renews.
    /// </summary>
    public required string Trust { get; init; }

    /// <summary>How old the newest head may be that a credential is proven by, in minutes.</summary>
    public required int MaxHeadAgeMinutes { get; init; }
}
