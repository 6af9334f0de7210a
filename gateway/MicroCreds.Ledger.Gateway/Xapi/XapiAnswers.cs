using System.Globalization;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What all answers to simulators have in common, also those that refuse.</summary>
internal static class XapiAnswers
{
    /// <summary>Where simulators speak.</summary>
    public const string Address = "/xapi";

    /// <summary>The version that is spoken here.</summary>
    public const string Version = "1.0.3";

    /// <summary>The header that says until when all that was kept can be found.</summary>
    public const string ConsistentHeader = "X-Experience-API-Consistent-Through";

    private const string Policy = "simulators";

    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2);

    /// <summary>Lets simulators speak that are pages of other sites. No cookie is sent along.</summary>
    public static IServiceCollection AddXapiReading(this IServiceCollection services) =>
        services.AddCors(cors => cors.AddPolicy(Policy, policy => policy
            .AllowAnyOrigin()
            .WithMethods("GET", "HEAD", "PUT", "POST", "DELETE")
            .WithHeaders(
                "Accept", "Accept-Language", "Authorization", "Content-Type", "If-Match", "If-None-Match",
                XapiRequest.VersionHeader)
            .WithExposedHeaders("ETag", XapiRequest.VersionHeader, ConsistentHeader)
            .SetPreflightMaxAge(PreflightMaxAge)));

    /// <summary>Lets simulators on other sites ask this address.</summary>
    public static RouteHandlerBuilder OpenToSimulators(this RouteHandlerBuilder route) => route.RequireCors(Policy);

    /// <summary>Puts the version on every answer to simulators.</summary>
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Address, StringComparison.Ordinal)) return next(context);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers[XapiRequest.VersionHeader] = Version;
            headers.XContentTypeOptions = "nosniff";
            if (context.Request.Path.StartsWithSegments(StatementResource.Address, StringComparison.Ordinal))
                headers[ConsistentHeader] = StatementWriting.Moment(now);
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>Answers with statements and what is attached to them.</summary>
    public static IResult WithAttachments(byte[] json, IEnumerable<StatementAttachment> attachments)
    {
        string boundary = Guid.NewGuid().ToString("N");
        using var body = new MemoryStream();
        Part("application/json", "", json);
        foreach (var one in attachments.DistinctBy(one => one.Sha2))
        {
            Part(
                one.MediaType,
                $"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {one.Sha2}\r\n", one.Content);
        }

        Line($"--{boundary}--\r\n");
        return Results.Bytes(body.ToArray(), $"multipart/mixed; boundary={boundary}");

        void Part(string type, string headers, byte[] content)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: {type}\r\n{headers}\r\n"));
            body.Write(content);
            Line("\r\n");
        }

        void Line(string text) => body.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
