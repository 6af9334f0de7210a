using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// A gateway whose public address has a path, as <c>https://credentials.example/aurora</c>: it answers below that path
/// and without it, whether or not the proxy before it takes the path away; and its pages and redirects, which are
/// written as from the root, lead below it. Nothing here happens where there is no path.
/// </summary>
internal static partial class PublicPath
{
    /// <summary>Stands before the routing.</summary>
    public static WebApplication UsePublicPath(this WebApplication app, GatewayServiceOptions options)
    {
        if (Of(options) is not { Length: > 0 } path) return app;
        app.UsePathBase(path);
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                string lead = context.Response.Headers.Location.ToString();
                if (lead is "/" or ['/', not '/', ..]) context.Response.Headers.Location = path + lead;
                return Task.CompletedTask;
            });
            return next(context);
        });
        return app;
    }

    /// <summary>Has a page lead below the path, if there is one.</summary>
    public static IResult Give(HttpContext context, IResult page) =>
        Of(context.RequestServices.GetRequiredService<GatewayServiceOptions>()) is { Length: > 0 } path
            ? new PageBelow(page, path) : page;

    /// <summary>The path, without a slash at its end; empty if there is none.</summary>
    // Where it listens has none, so that what is configured is all there is.
    public static string Of(GatewayServiceOptions options) =>
        options.PublicUrl is { } url ? new Uri(url).AbsolutePath.TrimEnd('/') : "";

    // In a page's text a quotation mark is written otherwise, so that this is found in its markup alone.
    [GeneratedRegex("""(?<= (?:href|src|action|formaction|data-state)=")(?=/(?!/))""")]
    private static partial Regex Leads();

    private sealed class PageBelow(IResult page, string path) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            var body = context.Response.Body;
            using var written = new MemoryStream();
            context.Response.Body = written;
            try
            {
                await page.ExecuteAsync(context);
            }
            finally
            {
                context.Response.Body = body;
            }

            string html = Encoding.UTF8.GetString(written.GetBuffer(), 0, (int)written.Length);
            await context.Response.WriteAsync(
                Leads().Replace(html, _ => path), context.RequestAborted);
        }
    }
}
