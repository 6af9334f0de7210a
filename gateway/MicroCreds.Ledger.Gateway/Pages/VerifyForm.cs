namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The main part of the verify page: the form, and above it the answer once there is one.</summary>
internal static class VerifyForm
{
    /// <summary>The texts that only the script says.</summary>
    private static readonly string[] Said = ["working", "noCamera", "noCode", "noAnswer", "tooLarge"];

    private const string Accepted =
        ".json,.jsonld,.vc,.jwt,.sdjwt,.txt,application/json,application/vc,image/png,image/jpeg,image/webp,image/gif";

    public static Html Render(PageText text, Html result = default, string entered = "") => $"""
        <h1>{text["page.title"]}</h1>
        {(result.IsEmpty ? Lead(text) : result)}
        <form id="form" method="post" action="/verify" enctype="multipart/form-data"{Sayings(text)}>
        <input type="hidden" name="lang" value="{text.Language}">
        {(result.IsEmpty ? Html.None : Another(text))}
        <div class="field" id="drop">
        <p class="label" id="file-text">{text["page.file"]} <span class="scripted hint">{text["page.drop"]}</span></p>
        <div class="actions">
        <input type="file" id="file" name="file" aria-labelledby="file-text" accept="{Accepted}">
        <label for="file" class="button scripted" aria-hidden="true">{text["page.choose"]}</label>
        <button type="button" id="scan" class="quiet" hidden>{text["page.scan"]}</button>
        </div>
        </div>
        <div class="field">
        <label for="credential">{text["page.input"]}</label>
        <textarea id="credential" name="credential" rows="5" aria-describedby="hint"{AsItIs}></textarea>
        <p class="hint" id="hint">{text["page.hint"]}</p>
        </div>
        <textarea name="kept" hidden>
        {entered}</textarea>
        <p id="problem" role="alert"></p>
        <div class="actions">
        <button type="submit" id="verify">{text["page.verify"]}</button>
        </div>
        </form>
        <dialog id="camera" aria-labelledby="camera-text">
        <p id="camera-text">{text["page.camera"]}</p>
        <video id="video" muted playsinline></video>
        <form method="dialog"><button class="quiet">{text["page.cancel"]}</button></form>
        </dialog>
        """;

    private static Html AsItIs => $" spellcheck=\"false\" autocomplete=\"off\" autocapitalize=\"off\"";

    private static Html Lead(PageText text) => $"""<p class="lead">{text["page.lead"]}</p>""";

    private static Html Another(PageText text) => $"""<h2>{text["page.another"]}</h2>""";

    private static Html Sayings(PageText text) => Html.Join(Said.Select(Html (key) =>
        $" data-{key.ToLowerInvariant()}=\"{text[$"page.{key}"]}\""));
}
