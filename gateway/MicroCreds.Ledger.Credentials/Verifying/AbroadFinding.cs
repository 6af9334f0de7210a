using System.Text.Json.Serialization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>By whose word a credential of another consortium was verified, and as of when.</summary>
public record AbroadWord
{
    /// <summary>The other consortium's ledger.</summary>
    public required string Ledger { get; init; }

    /// <summary>What the agreement calls the other consortium.</summary>
    public required string Name { get; init; }

    /// <summary>The agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>The version whose trust file was used.</summary>
    public required int Version { get; init; }

    /// <summary>How old the newest head may be that it is proven by, in minutes, as the agreement has it.</summary>
    public required int MaxHeadAgeMinutes { get; init; }

    /// <summary>
    /// Where its issuer's gateway hands out a fresh proof, by the issuer's <c>did:web</c>; absent of other DIDs. Any
    /// gateway there has it, too. Nobody is asked here.
    /// </summary>
    public string? ProofAddress { get; init; }

    /// <summary>As of when it is so; absent where nothing was proven.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The members of the other consortium by whose word it is so.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The witnesses by whose word it is so.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];
}

/// <summary>
/// What stands of a credential of another consortium that this one has an agreement with: by whose word it was verified
/// there, and what it counts for here.
/// </summary>
public sealed record AbroadFinding : AbroadWord
{
    /// <summary>What each party of the agreement makes of it; none if it is not valid.</summary>
    public IReadOnlyList<RecognitionAnswer> Recognitions { get; init; } = [];

    /// <summary>What would have to come along, or be renewed, for it to be verified here; absent if nothing.</summary>
    public string? Missing { get; init; }

    /// <summary>Finds the check that says why that is missing; nothing if nothing is.</summary>
    /// <param name="checks">The checks of the verdict that this stands in.</param>
    public Check? FindMissing(IEnumerable<Check> checks) =>
        Missing is null ? null : checks.FirstOrDefault(check => check.NextStep == Missing);

    /// <summary>What counts of it for agreements; absent if it is not valid. Personal, and no part of the answer.
    /// </summary>
    [JsonIgnore]
    public CredentialFacts? Facts { get; init; }

    /// <summary>The agreements by whose words it is valid, by their names: it counts under no other.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ValidBy { get; init; } = [];
}
