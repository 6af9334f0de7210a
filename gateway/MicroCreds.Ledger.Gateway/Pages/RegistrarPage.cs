using MicroCreds.Ledger.Gateway.Reading;
using System.Globalization;
using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /registrar: how the institution stands among the others. All of it is on the shared ledger, so that reading needs no
/// login; an agreement is answered by a registrar who is signed in, or with an API key, which comes with the answer and
/// is kept nowhere.
/// </summary>
public static class RegistrarPage
{
    /// <summary>Accepts what was read.</summary>
    internal const string Accept = "accept";

    /// <summary>Turns a proposal down.</summary>
    internal const string Decline = "decline";

    private const string Address = "/registrar";
    private const int MaxFormBytes = 16 * 1024;

    public static void MapRegistrarPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, ShowAsync).ExcludeFromDescription();
        routes.MapPost(Address, AnswerAsync).Unaudited("Who answers is known once the form is read: noted there.")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes))
            .ExcludeFromDescription();
    }

    private static Task ShowAsync(
        HttpContext context, PageFrame frame, InstitutionSurvey survey, ProjectedRecords records,
        LedgerProjection projection)
    {
        var text = PageText.Of(context.Request);
        var view = new RegistrarView(text, survey.Take(), records, RegistrarOf(context, text));
        var answered = context.Request.Query["agreement"].LastOrDefault() is { } id
            ? projection.Shared.Agreements.Find(id) : null;
        return frame.WriteAsync(context, PageOf(text, view.Render(
            answered is null ? Html.None : view.Answered(answered))));
    }

    private static async Task AnswerAsync(
        HttpContext context, PageFrame frame, InstitutionSurvey survey, ProjectedRecords records,
        MemberAgreements agreements, ApiKeyRing keys, IAuthorizationService authorization)
    {
        var form = await ReadFormAsync(context.Request);
        var text = PageText.Of(context.Request, form?["lang"].LastOrDefault());
        var (fault, status) = form is null
            ? ("unreadable", StatusCodes.Status400BadRequest)
            : await TryAnswerAsync(context, form, agreements, keys, authorization);
        if (fault is null)
        {
            // The page that is then asked for says how the agreement stands; loading it again sends no key again.
            string id = Uri.EscapeDataString(form!["agreement"].ToString());
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Location = $"{Address}?agreement={id}&lang={text.Language}";
            return;
        }

        context.Response.StatusCode = status;
        var view = new RegistrarView(text, survey.Take(), records, RegistrarOf(context, text));
        await frame.WriteAsync(context, PageOf(text, view.Render(view.Fault(fault), form?["agreement"])));
    }

    private static async Task<(string? Fault, int Status)> TryAnswerAsync(
        HttpContext context, IFormCollection form, MemberAgreements agreements, ApiKeyRing keys,
        IAuthorizationService authorization)
    {
        // Another site has no key to send; that it may not even ask is one more lock on the same door.
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
            return ("foreign", StatusCodes.Status403Forbidden);
        try
        {
            if (await IdentifyAsync(context, form["key"].ToString().Trim(), keys) is not { } caller)
                return ("unknownKey", StatusCodes.Status401Unauthorized);
            var allowed = await authorization.AuthorizeAsync(caller, resource: null, GatewayRoles.Registrar);
            if (!allowed.Succeeded) return ("notRegistrar", StatusCodes.Status403Forbidden);
            if (form["read"] != "yes") return ("unread", StatusCodes.Status400BadRequest);
            await context.RequestServices.GetRequiredService<AuditTrail>().NoteAsync(
                context, Caller.Of(caller)!, AuditActions.AnsweredAgreement,
                ("agreement", form["agreement"].ToString()),
                () => SendAsync(form, agreements));
            return (null, StatusCodes.Status303SeeOther);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            var problem = ProblemTranslation.Translate(exception);
            if (problem.Kind == ProblemKind.Internal) throw;
            return (FaultOf(problem.Kind), problem.Kind.Status);
        }
    }

    /// <summary>Who answers: whose key is in the form, or else who is signed in.</summary>
    private static async Task<ClaimsPrincipal?> IdentifyAsync(HttpContext context, string key, ApiKeyRing keys)
    {
        if (key.Length == 0 && IsSignedIn(context))
            return context.User;
        return await keys.IdentifyAsync(key, context.RequestAborted) is { } known
            ? ApiKeyAuthentication.PrincipalOf(known)
            : null;
    }

    private static bool IsSignedIn(HttpContext context) =>
        context.User.Identity?.AuthenticationType == SessionCookie.SchemeName;

    private static string? RegistrarOf(HttpContext context, PageText text) =>
        IsSignedIn(context) && context.User.IsInRole(GatewayRoles.Registrar)
            ? SignInPage.NameOf(Caller.Of(context.User)!, text)
            : null;

    private static async Task SendAsync(IFormCollection form, MemberAgreements agreements)
    {
        string id = form["agreement"].ToString();
        if (!int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out int version))
            throw ProblemException.Invalid("version", "must be a number.");
        if (form["answer"] == Accept)
        {
            await agreements.AcceptAsync(id, version, form["digest"].ToString());
            return;
        }

        // A notice ends all of an agreement: here it is only for what nobody is bound by yet, as it was read.
        var agreement = agreements.Find(id);
        bool isProposal = agreement.Accepted is null && agreement.Newest.Terms.Version == version
            && agreements.Awaits(agreement);
        if (form["answer"] != Decline || !isProposal)
            throw new ProblemException(ProblemKind.Conflict, "Only a proposal that waits can be turned down here.");
        await agreements.LeaveAsync(id, endsAt: null);
    }

    private static string FaultOf(ProblemKind kind) =>
        kind == ProblemKind.LedgerUnavailable || kind == ProblemKind.NotReady ? "unavailable"
        : kind == ProblemKind.OutcomeUnknown ? "outcomeUnknown"
        : "closed";

    private static Page PageOf(PageText text, Html main) => new(text, text["registrar.title"], main)
    {
        Footer = text["registrar.footer"],
        HasScript = false,
    };

    private static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;
        try
        {
            return await request.ReadFormAsync();
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }
}
