using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Reads the forms of this gateway's own pages.</summary>
internal static class PageForms
{
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
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException exception)
        {
            throw ProblemException.Invalid("", $"is no form that can be read: {exception.Message}");
        }
    }
}
