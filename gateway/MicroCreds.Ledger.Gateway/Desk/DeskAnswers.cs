using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What all answers of the desk have in common: nobody keeps them, and what fails says so on a page.</summary>
internal static class DeskAnswers
{
    /// <summary>Where the desk is.</summary>
    public const string Address = "/desk";

    /// <summary>Stands around each address of the desk.</summary>
    public static async ValueTask<object?> GuardAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        PageAnswers.KeepToItself(context);
        RememberLanguage(context);
        try
        {
            return await next(invocation);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            var problem = ProblemTranslation.Translate(exception);
            if (problem.Kind == ProblemKind.Internal) throw;
            return Refuse(context, problem.Kind, problem.DetailFor(context.Request.Method));
        }
    }

    /// <summary>Answers with a page.</summary>
    public static IResult Page<T>(HttpContext context, Visit visit, params ReadOnlySpan<(string, object?)> more)
        where T : IComponent => PageAnswers.Give<T>(context, visit, more);

    /// <summary>Leads on to a page after something was done, so that loading it again does nothing again.</summary>
    public static IResult Lead(HttpContext context, string address) => PageAnswers.Lead(context, address);

    /// <summary>Reads a form that this desk's own page has sent.</summary>
    /// <exception cref="ProblemException">It does not come from there, or is too large.</exception>
    public static async Task<IFormCollection> ReadFormAsync(HttpContext context)
    {
        // Read first: one that is too large is told as that.
        var form = await PageForms.ReadAsync(context);
        try
        {
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw new ProblemException(
                ProblemKind.ForeignSite,
                "The form was not made for this session: open the page again and send it once more. Nothing was done.");
        }

        return form;
    }

    /// <summary>Says on a page why something was not done.</summary>
    public static IResult Refuse(HttpContext context, ProblemKind kind, string detail)
    {
        context.Items[typeof(ProblemKind)] = kind.Name;
        context.Response.StatusCode = kind.Status;
        return Page<Refused>(
            context, Visit.Of(context), (nameof(Refused.Kind), kind.Name), (nameof(Refused.Title), kind.Title),
            (nameof(Refused.Detail), detail));
    }

    /// <summary>Whether a request is a person's who looks at the desk, and is to be led or told in words.</summary>
    public static bool IsPerson(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Address) && context.Request.Headers.Authorization.Count == 0;

    private static void RememberLanguage(HttpContext context)
    {
        string? asked = context.Request.Query[PageText.LanguageParameter].LastOrDefault();
        if (asked is null || !PageText.Languages.Contains(asked)) return;

        context.Response.Cookies.Append(PageText.LanguageCookie, asked, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
        });
    }
}
