namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What a visitor gave to be verified: a credential, or something that is not opened, and why.</summary>
internal sealed record VerifyInput
{
    /// <summary>The credential; absent if refused.</summary>
    public byte[]? Document { get; init; }

    /// <summary>Why it was not opened, as a key of the texts under <c>refusal</c>.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the refusal is about: a host or a scheme.</summary>
    public string About { get; init; } = "";

    /// <summary>Whether a link led to it, which tells nobody whose it is.</summary>
    public bool IsByLink { get; init; }

    /// <summary>What is not opened.</summary>
    public static VerifyInput Refused(string refusal, string about = "") => new() { Refusal = refusal, About = about };
}
