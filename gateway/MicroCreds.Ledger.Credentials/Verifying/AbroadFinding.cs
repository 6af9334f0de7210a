using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// What stands of a credential of another consortium that this one has an agreement with: by whose word it was verified
/// there, and what it counts for here.
/// </summary>
public sealed record AbroadFinding
{
    /// <summary>The other consortium's ledger.</summary>
    public required string Ledger { get; init; }

    /// <summary>What the agreement calls the other consortium.</summary>
    public required string Name { get; init; }

    /// <summary>The agreement.</summary>
    public required string Agreement { get; init; }

    /// <summary>The version whose trust file was used.</summary>
    public required int Version { get; init; }

    /// <summary>As of when it is so; absent where nothing was proven.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The members of the other consortium by whose word it is so.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The witnesses by whose word it is so.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];

    /// <summary>What each party of the agreement makes of it; none if it is not valid.</summary>
    public IReadOnlyList<RecognitionAnswer> Recognitions { get; init; } = [];

    /// <summary>What would have to come along for it to be verified here; absent if it did.</summary>
    public string? Missing { get; init; }
}
