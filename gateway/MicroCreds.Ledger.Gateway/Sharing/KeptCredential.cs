using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>A credential that a browser keeps, as it stands now. Personal: never log it.</summary>
public sealed record KeptCredential
{
    /// <summary>What its file was called; empty if it came in none.</summary>
    public required string File { get; init; }

    /// <summary>Names it: all forms of one credential have the same.</summary>
    public required string Id { get; init; }

    /// <summary>The credential itself, as it came.</summary>
    public required string Document { get; init; }

    /// <summary>What it is for.</summary>
    public required string Title { get; init; }

    /// <summary>Whose it is; absent if withheld.</summary>
    public string? Learner { get; init; }

    /// <summary>Whose it is, by whom and since when, in the visitor's language.</summary>
    public required string Facts { get; init; }

    /// <summary>How it stands, in the visitor's language.</summary>
    public required string State { get; init; }

    /// <summary>How that is coloured.</summary>
    public required string Tone { get; init; }

    /// <summary>Whether it is valid.</summary>
    public required bool Stands { get; init; }

    /// <summary>How many credits it counts; none if it does not stand.</summary>
    public required double Credits { get; init; }

    /// <summary>What must not be missed, in sentences.</summary>
    public required IReadOnlyList<string> Told { get; init; }

    /// <summary>What its achievement looks like.</summary>
    public ShownBadge? Badge { get; init; }

    /// <summary>Where the visitor's device has it already, since it was claimed.</summary>
    public string? Held { get; init; }
}
