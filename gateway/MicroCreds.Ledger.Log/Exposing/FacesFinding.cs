using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Log.Exposing;

/// <summary>What a file of two faces proves.</summary>
public sealed record FacesFinding
{
    /// <summary>How the heads contradict each other; none if they do not.</summary>
    public FacesKind? Kind { get; init; }

    /// <summary>Whether the key signed what cannot both be so.</summary>
    public bool IsProven => Kind is not null;

    /// <summary>The key; absent if the file cannot be read.</summary>
    public NoteKey? Key { get; init; }

    /// <summary>The log, which is its ledger's name; absent if the file cannot be read.</summary>
    public string? Ledger { get; init; }

    /// <summary>
    /// The member that the key's name says it is of; absent of others. That the key is the member's says the ledger, or
    /// a trust file.
    /// </summary>
    public string? Member { get; init; }

    /// <summary>What contradicts what, or why nothing does, in a sentence.</summary>
    public required string Detail { get; init; }

    internal static FacesFinding None(string why) => new() { Detail = why };
}

/// <summary>How two heads of a key contradict each other.</summary>
public enum FacesKind
{
    /// <summary>They are of one size and not the same.</summary>
    SameSize,

    /// <summary>The later one is smaller.</summary>
    Shorter,

    /// <summary>A leaf that both have is another one in each.</summary>
    OtherLeaf,
}
