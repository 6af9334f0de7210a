using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What surrounds every page: head, the institution's name, the languages, the footer.</summary>
public sealed class PageFrame(LedgerProjection projection, GatewayServiceOptions options)
{
    /// <summary>Writes a page as the answer.</summary>
    public Task WriteAsync(HttpContext context, Page page)
    {
        var response = context.Response;
        StaticPages.Secure(response.Headers);
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept-Language";
        response.Headers.ContentLanguage = page.Text.Language;
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync(Render(page).ToString(), context.RequestAborted);
    }

    private Html Render(Page page)
    {
        var text = page.Text;
        string institution = projection.Institutions.GetValueOrDefault(options.MspId)?.Name ?? options.MspId;
        return $"""
            <!doctype html>
            <html lang="{text.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{page.Title}</title>
            <link rel="icon" href="/verify.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/verify.css">
            {(page.HasScript ? Script : Html.None)}
            </head>
            <body>
            <a class="skip" href="#main">{text["page.skip"]}</a>
            <header>
            <div class="bar">
            <p class="mark"><img src="/verify.svg" alt="" width="28" height="28"> MicroCreds<span>.Ledger</span></p>
            <p class="host">{text.Fill("page.at", ("institution", institution))}</p>
            <nav id="languages" aria-label="{text["page.languages"]}">{Languages(page)}</nav>
            </div>
            </header>
            <main id="main" tabindex="-1">
            {page.Main}
            </main>
            <footer>
            <p>{page.Footer ?? text["page.footer"]}</p>
            <p><a href="/verify">{text["page.verifyLink"]}</a> ·
            <a href="/progress">{text["page.progressLink"]}</a> ·
            <a href="/desk/agreements">{text["page.registrarLink"]}</a> ·
            <a href="/sign-in">{text["page.signInLink"]}</a> ·
            <a href="/openapi/v1.json">{text["page.api"]}</a></p>
            </footer>
            </body>
            </html>

            """;
    }

    private static Html Script => $"""<script src="/verify.js" defer></script>""";

    /// <summary>The other languages: links, or buttons where what was entered is to be kept.</summary>
    private static IEnumerable<Html> Languages(Page page)
    {
        foreach (string language in PageText.Languages)
        {
            string name = PageText.In(language)["language"];
            if (language == page.Text.Language)
                yield return $"""<span aria-current="true">{name}</span>""";
            else if (page.KeepsInput)
            {
                yield return $"""
                    <button form="form" name="switch" value="{language}" lang="{language}">{name}</button>
                    """;
            }
            else
                yield return $"""<a href="?lang={language}" lang="{language}" hreflang="{language}">{name}</a>""";
        }
    }
}

/// <summary>A page without what surrounds it.</summary>
/// <param name="Text">Its language.</param>
/// <param name="Title">Its title.</param>
/// <param name="Main">What stands in it.</param>
/// <param name="KeepsInput">Whether switching the language sends its form again.</param>
public sealed record Page(PageText Text, string Title, Html Main, bool KeepsInput = false)
{
    /// <summary>What stands at its foot. Default is what a verdict means.</summary>
    public string? Footer { get; init; }

    /// <summary>Whether it has a script. Default is true.</summary>
    public bool HasScript { get; init; } = true;
}
