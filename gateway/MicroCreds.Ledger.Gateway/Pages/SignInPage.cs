using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
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
        routes.MapGet(Address, (HttpContext context, PageFrame frame, SignIn signIn) =>
            ShowAsync(context, frame, signIn, context.Request.Query["fault"].LastOrDefault())).ExcludeFromDescription();
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

    private static Task ShowAsync(HttpContext context, PageFrame frame, SignIn signIn, string? fault)
    {
        var text = PageText.Of(context.Request);
        var notice = fault is not null && Faults.Contains(fault) ? Refused(text, fault) : Html.None;
        string returnUrl = LocalAddress.Of(context.Request.Query["returnUrl"].LastOrDefault());
        Html main = $"""
            <h1>{text["signIn.title"]}</h1>
            {notice}
            {WhoView(context, text)}
            {WaysView(context, text, signIn, returnUrl)}
            {(context.Request.Query.ContainsKey("link") ? Html.None : KeyView(text, returnUrl))}
            """;
        return frame.WriteAsync(context, new Page(text, text["signIn.title"], main)
        {
            Footer = text["signIn.footer"],
            HasScript = false,
        });
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
    private static async Task UseLinkAsync(
        HttpContext context, PageFrame frame, SignIn signIn, SignInLinks links, Sessions sessions)
    {
        if (!ForeignSites.IsOwn(context))
        {
            await RefuseAsync(context, frame, signIn, "foreign");
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["key"].ToString().Trim() is { Length: > 0 } key)
        {
            await UseKeyAsync(context, frame, signIn, sessions, key, form["returnUrl"].LastOrDefault());
            return;
        }

        if (signIn.WhyNoLinks() is not null || !SignIn.IsLocal(context))
        {
            await RefuseAsync(context, frame, signIn, "notHere");
            return;
        }

        var session = await links.RedeemAsync(
            form["link"].ToString(), sessions.TokenOf(context), AuditTrail.OriginOf(context));
        if (session is null)
        {
            await RefuseAsync(context, frame, signIn, "linkUsed");
            return;
        }

        SessionCookie.Give(context, signIn, session.Value.Token);
        Lead(context, LocalAddress.Of(form["returnUrl"].LastOrDefault()));
    }

    /// <summary>Who has a key has a session for what the key may: partners come so, without an account.</summary>
    private static async Task UseKeyAsync(
        HttpContext context, PageFrame frame, SignIn signIn, Sessions sessions, string key, string? returnUrl)
    {
        var keys = context.RequestServices.GetRequiredService<ApiKeyRing>();
        if (await keys.IdentifyAsync(key, context.RequestAborted) is not { } known)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await ShowAsync(context, frame, signIn, "unknownKey");
            return;
        }

        string token = await sessions.BeginAsync(
            new Caller(CallerKind.Key, known.Id, known.Name), new Dictionary<string, string[]>(),
            sessions.TokenOf(context), AuditTrail.OriginOf(context));
        SessionCookie.Give(context, signIn, token);
        Lead(context, LocalAddress.Of(returnUrl));
    }

    private static async Task SignOutAsync(HttpContext context, PageFrame frame, SignIn signIn, Sessions sessions)
    {
        if (!ForeignSites.IsOwn(context))
        {
            await RefuseAsync(context, frame, signIn, "foreign");
            return;
        }

        if (sessions.TokenOf(context) is { } token)
            await sessions.EndAsync(token);
        SessionCookie.Remove(context, signIn);
        Lead(context, Address);
    }

    private static Task RefuseAsync(HttpContext context, PageFrame frame, SignIn signIn, string fault)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return ShowAsync(context, frame, signIn, fault);
    }

    private static void Lead(HttpContext context, string address)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = address;
    }

    private static Html WhoView(HttpContext context, PageText text) =>
        context.User.Identity is { AuthenticationType: SessionCookie.SchemeName } && Caller.Of(context.User) is { } who
            ? $"""
                <section class="panel" aria-labelledby="who-title">
                <h2 id="who-title">{text["signIn.who"]}</h2>
                <p>{text.Fill("signIn.signedIn", ("name", NameOf(who, text)))}</p>
                <form method="post" action="{Out}"><div class="actions">
                <button class="quiet">{text["signIn.out"]}</button></div></form>
                </section>
                """
            : Html.None;

    private static Html WaysView(HttpContext context, PageText text, SignIn signIn, string returnUrl)
    {
        if (signIn.Options is not null)
        {
            string address = $"{Start}?returnUrl={Uri.EscapeDataString(returnUrl)}";
            return Way(text, $"""
                <p>{text["signIn.atServer"]}</p>
                <p><a class="button" href="{address}">{text["signIn.toServer"]}</a></p>
                """);
        }

        if (signIn.WhyNoLinks() is not null || !SignIn.IsLocal(context))
            return Way(text, $"<p>{text["signIn.none"]}</p>");
        return context.Request.Query["link"].LastOrDefault() is { Length: > 0 } link
            ? Way(text, $"""
                <p>{text["signIn.byLink"]}</p>
                <form method="post" action="{Address}"><div class="actions">
                <input type="hidden" name="link" value="{link}">
                <input type="hidden" name="returnUrl" value="{returnUrl}">
                <button>{text["signIn.useLink"]}</button></div></form>
                """)
            : Way(text, $"<p>{text["signIn.getLink"]} <code>scripts/sign-in.sh</code></p>");
    }

    private static Html KeyView(PageText text, string returnUrl) => $"""
        <section class="panel" aria-labelledby="key-title">
        <h2 id="key-title">{text["signIn.withKey"]}</h2>
        <p>{text["signIn.withKeyText"]}</p>
        <form method="post" action="{Address}">
        <input type="hidden" name="returnUrl" value="{returnUrl}">
        <div class="field">
        <label for="key">{text["signIn.key"]}</label>
        <input type="password" id="key" name="key" required autocomplete="off" spellcheck="false">
        </div>
        <div class="actions"><button class="quiet">{text["signIn.useKey"]}</button></div>
        </form>
        </section>
        """;

    /// <summary>What a person is called on the pages.</summary>
    internal static string NameOf(Caller who, PageText text) =>
        who is { Kind: CallerKind.Link, Name: FirstKey.Name } ? text["signIn.local"] : who.Name;

    private static Html Way(PageText text, Html inner) => $"""
        <section class="panel" aria-labelledby="ways-title">
        <h2 id="ways-title">{text["signIn.ways"]}</h2>
        {inner}
        </section>
        """;

    private static Html Refused(PageText text, string fault) => $"""
        <section id="result" class="refused" tabindex="-1" role="alert">
        <div id="verdict"><p class="sign" aria-hidden="true">!</p>
        <div><p id="verdict-text">{text[$"signIn.{fault}"]}</p></div></div>
        </section>
        """;
}
