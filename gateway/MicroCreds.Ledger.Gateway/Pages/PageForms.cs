using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Reads the forms of this gateway's own pages.</summary>
internal static class PageForms
{
    /// <summary>Has an address take a form.</summary>
    /// <param name="route">The address.</param>
    /// <param name="maxBytes">The largest one.</param>
    public static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder route, int maxBytes) => route
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(maxBytes));

    /// <summary>Reads a form.</summary>
    /// <exception cref="ProblemException">It is none, or cannot be read.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            throw new ProblemException(
                ProblemKind.UnsupportedMediaType, "This address takes the form of its own page alone.");
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return form.FirstOrDefault(one => one.Value.Any(text => text?.Contains('\0') == true)) is { Key: { } name }
                ? throw ProblemException.Invalid(
                    "/" + JsonPointer.Escape(name), "holds the character U+0000, which no text has: take it out.")
                : form;
        }
        catch (InvalidDataException exception)
        {
            throw ProblemException.Invalid("", $"is no form that can be read: {exception.Message}");
        }
    }
}
