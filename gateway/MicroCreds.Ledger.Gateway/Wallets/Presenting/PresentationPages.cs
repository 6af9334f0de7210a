using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// /verify/wallet: anybody asks a wallet instead of choosing a file. The request is the browser's that made it: nobody
/// else is shown what was presented, whatever link they have.
/// </summary>
internal static class PresentationPages
{
    private const string Own = "Who looks is not known, and it answers from what a wallet brought, which is forgotten.";
    private const string ResponseCode = "response_code";
    private const int MaxFormBytes = 16 * 1024;

    /// <summary>How long a page waits for a wallet before it asks again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>After how long the store is looked at again: another instance may have the answer.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    public static void MapPresentationPages(this IEndpointRouteBuilder routes)
    {
        const string One = PresentingAddresses.Page + "/{id}";
        routes.MapPost(PresentingAddresses.Page, AskAsync).Costs(RouteCost.Dear).KeepsForAnybody().Unaudited(Own)
            .TakesForm(MaxFormBytes).ExcludeFromDescription();
        routes.MapGet(One, ShowAsync).Costs(RouteCost.Dear).Unaudited(Own).ExcludeFromDescription();
        routes.MapGet(One + "/state", WaitAsync).WaitsForLong().Unaudited(Own).ExcludeFromDescription();
        routes.MapPost(One + "/answer", TakeAsync).Costs(RouteCost.Dear).Unaudited(Own)
            .TakesForm(AnswerEndpoint.MaxBytes).ExcludeFromDescription();
        routes.MapFile("/wallet.js", $"{typeof(PresentationPages).Namespace}.wallet.js", StaticPages.Script);
    }

    private static async Task<IResult> AskAsync(HttpContext context, PresentationMaking making, SignIn signIn)
    {
        ForeignSites.RequireOwn(context);
        var form = await PageForms.ReadAsync(context);
        string[] shown = [.. form["shown"].OfType<string>().Where(DisclosureChoice.Names.Contains).Distinct()];
        string owner = AskingBrowser.Of(context, signIn) ?? LearnerSecret.Draw();
        try
        {
            var made = await making.MakeAsync(
                new WantedPresentation { Shown = shown, Several = true }, owner, owner, isAnonymous: true);
            AskingBrowser.Keep(context, signIn, owner);
            return PageAnswers.Lead(context, AddressOf(context, made.Asked.Id));
        }
        catch (ProblemException problem)
        {
            return CannotAsk(context, PageVisit.Of(context, form["lang"].LastOrDefault()), problem);
        }
    }

    private static async Task<IResult> ShowAsync(
        string id, HttpContext context, Presentations presentations, PresentedCredentials presented,
        RequestObjects requests, PresentationMaking making, VerifyServices services, SignIn signIn, TimeProvider time)
    {
        var visit = PageVisit.Of(context);
        if (Find(id, context, presentations, signIn, time) is not ({ } asked, { } owner))
        {
            bool hasAsked = AskingBrowser.Of(context, signIn) is not null;
            return Gone(context, visit, hasAsked ? nameof(PresentedView.IsOver) : nameof(PresentedView.IsGone));
        }

        string across = making.LinkOf(asked, PresentationSecrets.Across(owner, id));
        (string, object?)[] page = [(nameof(PresentedView.Id), id), (nameof(PresentedView.ExpiresAt), asked.ExpiresAt)];
        if (!asked.IsAnswered)
        {
            try
            {
                var browser = await requests.ForBrowserAsync(
                    asked, PresentationSecrets.InBrowser(owner, id), context.RequestAborted);
                return PageAnswers.Give<PresentedView>(
                    context, visit,
                    [
                        .. page, (nameof(PresentedView.Code), CodePicture.Of(across)),
                        (nameof(PresentedView.Link), across),
                        (nameof(PresentedView.SameLink), making.LinkOf(asked, PresentationSecrets.Same(owner, id))),
                        (nameof(PresentedView.BrowserRequest), browser.ToJsonString()),
                        (nameof(PresentedView.IsNotTaken), context.Request.Query.ContainsKey("fault")),
                    ]);
            }
            catch (ProblemException problem)
            {
                return CannotAsk(context, visit, problem);
            }
        }

        string code = context.Request.Query[ResponseCode].ToString();
        if (asked.ResponseCodeHash is { } expected
            && !CryptographicOperations.FixedTimeEquals(expected, LearnerSecret.HashOf(code)))
            return Gone(context, visit, nameof(PresentedView.IsElsewhere));
        if (asked.Answer is not { } answer)
            return PageAnswers.Give<PresentedView>(context, visit, [.. page, (nameof(PresentedView.IsRefused), true)]);
        var verdicts = await presented.JudgeAsync(
            PresentationTerms.Parse(asked.Query).Dcql, answer, context.RequestAborted);
        var items = services.Judge(verdicts);
        bool isIndex = int.TryParse(context.Request.Query["open"], out int index) && index >= 0 && index < items.Count;
        return PageAnswers.Give<PresentedView>(
            context, visit,
            [
                .. page, (nameof(PresentedView.Items), items), (nameof(PresentedView.ResponseCode), code),
                (nameof(PresentedView.Opened), items.Count == 1 ? 0 : isIndex ? index : null),
            ]);
    }

    /// <summary>Holds a question for a while, until a wallet has answered: so none is asked again and again.</summary>
    private static async Task<IResult> WaitAsync(
        string id, HttpContext context, Presentations presentations, PresentationBell bell, SignIn signIn,
        TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        var until = time.GetUtcNow() + Patience;
        while (true)
        {
            var rung = bell.Next;
            bool isWaiting = Find(id, context, presentations, signIn, time) is ({ IsAnswered: false }, _);
            if (!isWaiting || time.GetUtcNow() >= until)
                return TypedResults.Json(new JsonObject { ["waits"] = isWaiting });
            await Task.WhenAny(rung, Task.Delay(Pace, time, context.RequestAborted));
            context.RequestAborted.ThrowIfCancellationRequested();
        }
    }

    private static async Task<IResult> TakeAsync(
        string id, HttpContext context, Presentations presentations, AnswerEndpoint endpoint, SignIn signIn,
        TimeProvider time)
    {
        ForeignSites.RequireOwn(context);
        var form = await PageForms.ReadAsync(context);
        if (Find(id, context, presentations, signIn, time) is not ({ IsAnswered: false } asked, { } owner))
            return PageAnswers.Lead(context, AddressOf(context, id));
        try
        {
            await endpoint.TakeOfBrowserAsync(
                asked, PresentationSecrets.InBrowser(owner, id), form["answer"].ToString(), context.RequestAborted);
            return PageAnswers.Lead(context, AddressOf(context, id));
        }
        catch (ProtocolFault)
        {
            return PageAnswers.Lead(context, AddressOf(context, id, "fault"));
        }
    }

    private static (AskedPresentation? Asked, string? Owner) Find(
        string id, HttpContext context, Presentations presentations, SignIn signIn, TimeProvider time) =>
        AskingBrowser.Of(context, signIn) is { } owner && presentations.Find(id, owner) is { } asked
        && time.GetUtcNow() < asked.ExpiresAt ? (asked, owner) : (null, null);

    private static IResult Gone(HttpContext context, PageVisit visit, string how)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return PageAnswers.Give<PresentedView>(context, visit, (how, true));
    }

    private static IResult CannotAsk(HttpContext context, PageVisit visit, ProblemException problem)
    {
        context.Response.StatusCode = problem.Kind.Status;
        return PageAnswers.Give<PresentedView>(
            context, visit,
            (problem.Kind == ProblemKind.TooManyRequests
                ? nameof(PresentedView.IsBusy) : nameof(PresentedView.CannotAsk), true));
    }

    private static string AddressOf(HttpContext context, string id, string? flag = null)
    {
        string? language = context.Request.Query[PageText.LanguageParameter].LastOrDefault()
            ?? context.Request.Form["lang"].LastOrDefault();
        string[] query =
        [
            .. language is null ? Array.Empty<string>()
                : [$"{PageText.LanguageParameter}={Uri.EscapeDataString(language)}"],
            .. flag is null ? Array.Empty<string>() : [flag + "=1"],
        ];
        return $"{PresentingAddresses.Page}/{Uri.EscapeDataString(id)}"
            + (query.Length == 0 ? "" : "?" + string.Join('&', query));
    }
}
