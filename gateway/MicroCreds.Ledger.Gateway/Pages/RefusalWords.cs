namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Why something that was brought is not opened, and what to do, in a language.</summary>
/// <param name="Why">Why.</param>
/// <param name="Next">What to do.</param>
internal sealed record RefusalWords(string Why, string Next)
{
    /// <summary>Finds the words of a refusal.</summary>
    /// <param name="text">The language's texts.</param>
    /// <param name="refusal">The key under <c>refusal</c>.</param>
    /// <param name="about">The host or scheme that it is about.</param>
    /// <param name="member">The member that it is about; none if it is about none.</param>
    public static RefusalWords Of(PageText text, string refusal, string about, string? member)
    {
        string key = $"refusal.{refusal}";
        return new RefusalWords(Fill(key), Fill(key + "Next"));

        string Fill(string one) => text.Fill(one, ("host", about), ("scheme", about), ("member", member ?? ""));
    }
}
