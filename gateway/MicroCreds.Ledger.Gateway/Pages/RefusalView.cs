namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Says why something was not opened, and what to do instead.</summary>
internal static class RefusalView
{
    public static Html Render(PageText text, VerifyInput input)
    {
        string reason = text.Fill($"refusal.{input.Refusal}", ("host", input.About), ("scheme", input.About));
        return $"""
            <section id="result" class="refused" tabindex="-1" aria-labelledby="verdict-title">
            <div id="verdict">
            <p class="sign" aria-hidden="true">!</p>
            <div>
            <h2 id="verdict-title">{text["verdict.refused"]}</h2>
            <p id="verdict-text">{reason}</p>
            <p class="next">{text[$"refusal.{input.Refusal}Next"]}</p>
            </div>
            </div>
            </section>
            """;
    }
}
