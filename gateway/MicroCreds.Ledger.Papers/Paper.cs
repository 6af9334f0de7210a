namespace MicroCreds.Ledger.Papers;

/// <summary>
/// What a credential's paper says. Every text is as it is to be read: in the paper's language, days and numbers written
/// out. Nothing here is fetched, looked up or translated.
/// </summary>
public sealed record Paper
{
    /// <summary>The language of the texts, as a BCP 47 tag such as <c>de</c> or <c>pt-PT</c>.</summary>
    public required string Language { get; init; }

    /// <summary>What this is, above the title: “Micro-credential”.</summary>
    public required string Kind { get; init; }

    /// <summary>The achievement's title.</summary>
    public required string Title { get; init; }

    /// <summary>What stands before the learner's name: “Awarded to”.</summary>
    public required string LearnerHeading { get; init; }

    /// <summary>The learner's name, in whatever script.</summary>
    public required string LearnerName { get; init; }

    /// <summary>The issuer's name.</summary>
    public required string IssuerName { get; init; }

    /// <summary>
    /// By whom and when it was awarded, as a sentence or part of one: “Aurora University, 3 March 2026”.
    /// </summary>
    public required string Award { get; init; }

    /// <summary>What else is known, in the order in which it is shown.</summary>
    public required IReadOnlyList<PaperFact> Facts { get; init; }

    /// <summary>What verifying means and where it is done, beside the codes.</summary>
    public required string Foot { get; init; }

    /// <summary>QR codes, at most two. Default is none.</summary>
    public IReadOnlyList<PaperCode> Codes { get; init; } = [];

    /// <summary>
    /// What is said on the paper if its font lacks letters of a text: that a � stands for them, and that copied text
    /// and the file inside have them all.
    /// </summary>
    public required string LettersLackingNote { get; init; }

    /// <summary>The issuer's mark, a PNG or SVG. Default is none: its name stands there.</summary>
    public byte[]? Mark { get; init; }

    /// <summary>The achievement's badge, a PNG or SVG. Default is none.</summary>
    public byte[]? Badge { get; init; }

    /// <summary>The issuer's colour as <c>#rrggbb</c>, dark enough for white letters. Default is a dark blue.</summary>
    public string Colour { get; init; } = "#17365d";

    /// <summary>When the paper says that it was made; the same paper is the same bytes.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The credential itself, which the PDF carries.</summary>
    public required PaperFile File { get; init; }
}

/// <summary>One line of what is known.</summary>
/// <param name="Heading">What it is: “Workload”.</param>
/// <param name="Value">How it is: “75 hours”; line breaks are kept.</param>
public sealed record PaperFact(string Heading, string Value);

/// <summary>A QR code on a paper.</summary>
/// <param name="Text">What it holds, an address or a compact credential.</param>
/// <param name="Caption">What it is, under it and for whoever cannot see it.</param>
public sealed record PaperCode(string Text, string Caption);

/// <summary>A file inside a paper.</summary>
/// <param name="Name">Its name, with an ending.</param>
/// <param name="MediaType">Its media type, such as <c>application/vc</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PaperFile(string Name, string MediaType, byte[] Content);
