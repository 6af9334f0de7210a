namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What a visitor gave to be verified: a credential, or something that is not opened, and why.</summary>
internal sealed record VerifyInput
{
    /// <summary>What its file is called; absent of what was pasted or scanned.</summary>
    public string? Name { get; init; }

    /// <summary>The credential; absent if refused.</summary>
    public byte[]? Document { get; init; }

    /// <summary>Why it was not opened, as a key of the texts under <c>refusal</c>.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the refusal is about: a host or a scheme.</summary>
    public string About { get; init; } = "";

    /// <summary>Whose gateway it was asked for at, or would have been; absent if it was none but this.</summary>
    public string? Member { get; init; }

    /// <summary>The link that led to it; absent if none did.</summary>
    public string? Link { get; init; }

    /// <summary>Whether it tells nobody whose it is, since a link led to it that names no more.</summary>
    public bool IsByLink { get; init; }

    /// <summary>Why it is not opened, and what to do, in a language.</summary>
    /// <param name="text">The language's texts.</param>
    public RefusalWords RefusalIn(PageText text) => RefusalWords.Of(text, Refusal ?? "empty", About, Member);

    /// <summary>What is not opened.</summary>
    public static VerifyInput Refused(string refusal, string about = "") => new() { Refusal = refusal, About = about };
}
