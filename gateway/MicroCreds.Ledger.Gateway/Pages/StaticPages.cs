using System.Reflection;
using System.Security.Cryptography;
using MicroCreds.Ledger.Gateway.Desk;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What pages are made of besides HTML: it lies in the assembly and needs nothing from elsewhere.</summary>
public static class StaticPages
{
    /// <summary>Nothing inline, nothing from other sites, not inside other sites' frames.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The camera, for QR codes; nothing else that a browser could grant.</summary>
    private const string PermissionsPolicy = "camera=(self), microphone=(), geolocation=()";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapVerifyPage();
        routes.MapProgressPage();
        routes.MapSignInPage();
        routes.MapFile("/verify.css", "verify.css", "text/css; charset=utf-8");
        routes.MapFile("/verify.svg", "verify.svg", "image/svg+xml");
        routes.MapFile("/verify.js", "verify.js", "text/javascript; charset=utf-8");
        routes.MapFile("/qr.js", "qr.js", "text/javascript; charset=utf-8");

        // The pages that were there before the desk was: what led there leads to where it is all done now.
        routes.MapGet("/registrar", () => TypedResults.Redirect("/desk/agreements", permanent: true))
            .ExcludeFromDescription();
        routes.MapGet("/webhooks", () => TypedResults.Redirect(WebhookDesk.Address, permanent: true))
            .ExcludeFromDescription();
        routes.MapGet("/", () => TypedResults.Redirect("/verify")).ExcludeFromDescription();
    }

    /// <summary>Sets what keeps a page to itself.</summary>
    public static void Secure(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";

        // Other sites are told nothing. With "no-referrer" browsers would send `Origin: null` with our own forms, too.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
    }

    private static void MapFile(this IEndpointRouteBuilder routes, string address, string file, string mediaType)
    {
        byte[] content = Read(file);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
        routes.MapGet(address, (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            Secure(headers);
            headers.CacheControl = "no-cache";
            headers.ETag = tag;
            return context.Request.Headers.IfNoneMatch == tag
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : Results.Bytes(content, mediaType);
        }).ExcludeFromDescription();
    }

    private static byte[] Read(string file)
    {
        string name = $"{typeof(StaticPages).Namespace}.{file}";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The page {name} is not in the assembly.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
