using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Desk;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What pages are made of besides HTML: it lies in the assembly and needs nothing from elsewhere.</summary>
public static class StaticPages
{
    /// <summary>Nothing inline, nothing from other sites, not inside other sites' frames.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>What style sheets are.</summary>
    internal const string StyleSheet = "text/css; charset=utf-8";

    /// <summary>What scripts are.</summary>
    internal const string Script = "text/javascript; charset=utf-8";

    /// <summary>The camera, for QR codes; nothing else that a browser could grant.</summary>
    private const string PermissionsPolicy = "camera=(self), microphone=(), geolocation=()";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapVerifyPage();
        routes.MapOfflinePage();
        routes.MapProgressPage();
        routes.MapGoalPage();
        routes.MapSharingPage();
        routes.MapSignInPage();
        string folder = typeof(StaticPages).Namespace!;
        routes.MapFile("/pages.css", $"{folder}.pages.css", StyleSheet);
        routes.MapFile("/verify.svg", $"{folder}.verify.svg", "image/svg+xml");
        routes.MapFile("/verify.js", $"{folder}.verify.js", Script);
        routes.MapFile("/qr.js", $"{folder}.qr.js", Script);
        routes.MapFile("/llms.txt", $"{folder}.llms.txt", "text/plain; charset=utf-8");
        routes.MapBrand();

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

    /// <summary>Gives the scripts of a folder of the assembly, which belong together.</summary>
    internal static void MapScripts(
        this IEndpointRouteBuilder routes, string address, string folder, IReadOnlyList<string> names)
    {
        foreach (string name in names)
            routes.MapFile($"{address}/{name}.js", $"{folder}.{name}.js", Script);
    }

    /// <summary>Gives a file of the assembly, for which a browser asks again each time, and gets it once.</summary>
    internal static void MapFile(
        this IEndpointRouteBuilder routes, string address, string resource, string mediaType)
    {
        byte[] content = Read(resource);
        routes.MapGet(address, (HttpContext context) => Give(context, content, TagOf(content), mediaType))
            .ExcludeFromDescription();
    }

    /// <summary>/brand.css, /logo: the institution's own mark. No script runs in a picture that comes so.</summary>
    private static void MapBrand(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/brand.css", (HttpContext context, GatewayServiceOptions options) =>
        {
            byte[] sheet = Encoding.UTF8.GetBytes($":root {{ --brand: {options.Brand.Colour}; }}");
            return Give(context, sheet, TagOf(sheet), StyleSheet);
        }).ExcludeFromDescription();
        routes.MapGet("/logo", async (HttpContext context, GatewayServiceOptions options) =>
        {
            if (options.Brand.LogoFile is not { } file) return TypedResults.NotFound();

            byte[] picture = await File.ReadAllBytesAsync(file, context.RequestAborted);
            bool isSvg = file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
            return Give(context, picture, TagOf(picture), isSvg ? "image/svg+xml" : "image/png");
        }).ExcludeFromDescription();
    }

    private static IResult Give(HttpContext context, byte[] content, string tag, string mediaType)
    {
        var headers = context.Response.Headers;
        Secure(headers);
        headers.CacheControl = "no-cache";
        headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch == tag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(content, mediaType);
    }

    private static string TagOf(byte[] content) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";

    private static byte[] Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new FileNotFoundException($"{resource} is not in the assembly.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
