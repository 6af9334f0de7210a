using System.Reflection;
using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/desk.css, /desk/brand.css, /desk/logo: how the desk looks. Nothing comes from elsewhere.</summary>
internal static class DeskFiles
{
    private const string Style = "text/css; charset=utf-8";

    private static readonly byte[] Sheet = Read("desk.css");

    public static void MapDeskFiles(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/desk.css", (HttpContext context) => Give(context, Sheet, Style));
        desk.MapGet("/brand.css", (HttpContext context, GatewayServiceOptions options) =>
            Give(context, System.Text.Encoding.UTF8.GetBytes($":root {{ --brand: {options.Brand.Colour}; }}"), Style));
        desk.MapGet("/logo", async (HttpContext context, GatewayServiceOptions options) =>
            options.Brand.LogoFile is { } file
                ? Give(context, await File.ReadAllBytesAsync(file, context.RequestAborted), TypeOf(file))
                : TypedResults.NotFound());
    }

    /// <summary>No script runs in a picture that comes so.</summary>
    private static IResult Give(HttpContext context, byte[] content, string mediaType)
    {
        context.Response.Headers.CacheControl = "private, max-age=300";
        return Results.Bytes(content, mediaType);
    }

    private static string TypeOf(string file) =>
        file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml" : "image/png";

    private static byte[] Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(
            $"{typeof(DeskFiles).Namespace}.{file}")
            ?? throw new FileNotFoundException($"{file} is not in the assembly.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
