using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// A problem as a page: for who opens an address in a browser, of which there is none, or which is not answered now.
/// </summary>
internal static class ProblemPage
{
    private const string Html = "text/html";
    private const string Api = "/v1";

    /// <summary>
    /// Whether a request asks for pages. The API answers in JSON, whoever asks; and so is answered who takes anything.
    /// </summary>
    public static bool IsAsked(HttpContext context) => !context.Request.Path.StartsWithSegments(Api)
        && AcceptHeader.Choose(context.Request, ProblemResponse.MediaType, Html) is (Html, _);

    /// <summary>Writes the page, in its visitor's language.</summary>
    public static Task WriteAsync(HttpContext context, ProblemKind kind, string detail)
    {
        var page = PageAnswers.Give<ProblemView>(
            context, PageVisit.Of(context), (nameof(ProblemView.Kind), kind.Name),
            (nameof(ProblemView.Title), kind.Title), (nameof(ProblemView.Detail), detail));
        context.Response.Headers.Vary = "Accept, Accept-Language, Cookie";
        return page.ExecuteAsync(context);
    }
}
