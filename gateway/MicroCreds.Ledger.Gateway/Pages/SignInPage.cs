using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>/sign-in: who is signed in, the ways in, and the way out.</summary>
public static class SignInPage
{
    private const string Address = "/sign-in";
    private const string Start = Address + "/start";
    private const string Out = "/sign-out";
    private const int MaxFormBytes = 16 * 1024;

    private static readonly string[] Faults =
        ["failed", "denied", "noRole", "linkUsed", "notHere", "foreign", "unknownKey"];

    public static void MapSignInPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, SignIn signIn) =>
            Show(context, signIn, context.Request.Query["fault"].LastOrDefault())).ExcludeFromDescription();
        routes.MapGet(Start, StartAsync).ExcludeFromDescription();
        routes.MapPost(Address, UseLinkAsync).Unaudited("A session that begins is noted with it.")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes))
            .ExcludeFromDescription();
        routes.MapPost(Out, SignOutAsync).Audited("session.end")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes))
            .ExcludeFromDescription();
    }

    private static IResult Show(HttpContext context, SignIn signIn, string? fault)
    {
        var query = context.Request.Query;
        bool isSession = context.User.Identity is { AuthenticationType: SessionCookie.SchemeName };
        return PageAnswers.Give<SignInView>(
            context, PageVisit.Of(context),
            (nameof(SignInView.Fault), Faults.Contains(fault) ? fault : null),
            (nameof(SignInView.Who), isSession ? Caller.Of(context.User) : null),
            (nameof(SignInView.IsConnected), signIn.Options is not null),
            (nameof(SignInView.TakesLinks), signIn.WhyNoLinks() is null && SignIn.IsLocal(context)),
            (nameof(SignInView.Link), query["link"].LastOrDefault()),
            (nameof(SignInView.ReturnUrl), LocalAddress.Of(query["returnUrl"].LastOrDefault())));
    }

    /// <summary>A link, and not a form: a browser would not let a form lead to another site.</summary>
    private static Task StartAsync(HttpContext context, SignIn signIn)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (signIn.Options is null)
        {
            context.Response.Redirect(Address);
            return Task.CompletedTask;
        }

        return SignOn.BeginAsync(context, LocalAddress.Of(context.Request.Query["returnUrl"].LastOrDefault()));
    }

    /// <summary>
    /// Only the button uses a link up, so that nothing that merely looks at addresses does; and only on our own page,
    /// so that no other signs a browser in without its owner's doing.
    /// </summary>
    private static async Task<IResult> UseLinkAsync(
        HttpContext context, SignIn signIn, SignInLinks links, Sessions sessions)
    {
        if (!ForeignSites.IsOwn(context))
            return Refuse(context, signIn, "foreign");

        var form = await PageForms.ReadAsync(context);
        if (form["key"].ToString().Trim() is { Length: > 0 } key)
            return await UseKeyAsync(context, signIn, sessions, key, form["returnUrl"].LastOrDefault());

        if (signIn.WhyNoLinks() is not null || !SignIn.IsLocal(context))
            return Refuse(context, signIn, "notHere");

        var session = await links.RedeemAsync(
            form["link"].ToString(), sessions.TokenOf(context), AuditTrail.OriginOf(context));
        if (session is null)
            return Refuse(context, signIn, "linkUsed");

        SessionCookie.Give(context, signIn, session.Value.Token);
        return Lead(context, LocalAddress.Of(form["returnUrl"].LastOrDefault()));
    }

    /// <summary>Who has a key has a session for what the key may: partners come so, without an account.</summary>
    private static async Task<IResult> UseKeyAsync(
        HttpContext context, SignIn signIn, Sessions sessions, string key, string? returnUrl)
    {
        var keys = context.RequestServices.GetRequiredService<ApiKeyRing>();
        if (await keys.IdentifyAsync(key, context.RequestAborted) is not { } known)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Show(context, signIn, "unknownKey");
        }

        string token = await sessions.BeginAsync(
            new Caller(CallerKind.Key, known.Id, known.Name), new Dictionary<string, string[]>(),
            sessions.TokenOf(context), AuditTrail.OriginOf(context));
        SessionCookie.Give(context, signIn, token);
        return Lead(context, LocalAddress.Of(returnUrl));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SignIn signIn, Sessions sessions)
    {
        if (!ForeignSites.IsOwn(context))
            return Refuse(context, signIn, "foreign");

        if (sessions.TokenOf(context) is { } token)
            await sessions.EndAsync(token);
        SessionCookie.Remove(context, signIn);
        return Lead(context, Address);
    }

    private static IResult Refuse(HttpContext context, SignIn signIn, string fault)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Show(context, signIn, fault);
    }

    private static IResult Lead(HttpContext context, string address)
    {
        context.Response.Headers.CacheControl = "no-store";
        return DeskAnswers.Lead(context, address);
    }

    /// <summary>What a person is called on the pages.</summary>
    internal static string NameOf(Caller who, PageText text) =>
        who is { Kind: CallerKind.Link, Name: FirstKey.Name } ? text["signIn.local"] : who.Name;
}
