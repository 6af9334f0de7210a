using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What all pages answer with: a component, kept by nobody, in its visitor's language.</summary>
internal static class PageAnswers
{
    /// <summary>
    /// Answers with a page. The status is the response's own, 200 unless it was set before.
    /// </summary>
    /// <typeparam name="T">The page: a component with a parameter <c>Visit</c>.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="visit">Who looks.</param>
    /// <param name="more">The component's further parameters, by their names.</param>
    public static IResult Give<T>(
        HttpContext context, PageVisit visit, params ReadOnlySpan<(string Name, object? Value)> more)
        where T : IComponent
    {
        KeepToItself(context);
        context.Response.Headers.ContentLanguage = visit.Text.Language;
        var parameters = new Dictionary<string, object?> { ["Visit"] = visit };
        foreach (var (name, value) in more) parameters[name] = value;
        return PublicPath.Give(context, new RazorComponentResult<T>(parameters));
    }

    /// <summary>Leads on to a page after something was done, so that loading it again does nothing again.</summary>
    public static StatusCodeHttpResult Lead(HttpContext context, string address)
    {
        KeepToItself(context);
        context.Response.Headers.Location = InAscii(address);
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>An address may hold what somebody sent; a header holds ASCII alone.</summary>
    private static string InAscii(string address) => Ascii.IsValid(address)
        ? address
        : string.Concat(address.EnumerateRunes()
            .Select(rune => rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));

    /// <summary>Sets what keeps a page to itself, and out of every cache.</summary>
    public static void KeepToItself(HttpContext context)
    {
        StaticPages.Secure(context.Response.Headers);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept-Language, Cookie";
    }
}
