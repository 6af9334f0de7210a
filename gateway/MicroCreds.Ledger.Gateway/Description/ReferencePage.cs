using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using Scalar.AspNetCore;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>
/// /reference: the API to read and to try, by Scalar. All of it comes from here; it asks nobody else and tells nobody
/// anything, and an API key that is typed into it is kept nowhere.
/// </summary>
internal static class ReferencePage
{
    /// <summary>Where it is.</summary>
    public const string Address = "/reference";

    /// <summary>Maps the page, and the document that it shows.</summary>
    public static void MapReference(this IEndpointRouteBuilder routes, GatewayServiceOptions options)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference(Address, page => page
            .WithTitle($"API · {options.MspId}").WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .WithNonce().DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp());
    }

    /// <summary>Lets the page run its own scripts, each by a word of this answer, and nothing else.</summary>
    public static Task SecureAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Address)) return next(context);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            StaticPages.Secure(headers);
            string word = context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce
                ? $" 'nonce-{nonce}'" : "";

            // Its styles are made by its script, while it runs.
            headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self'{word}; style-src 'self' 'unsafe-inline'; "
                + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            return Task.CompletedTask;
        });
        return next(context);
    }
}
