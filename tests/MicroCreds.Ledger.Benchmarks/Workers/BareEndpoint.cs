using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Ledger.Benchmarks.Workers;

/// <summary>A process with the least that Kestrel can do: takes a body and answers always the same bytes.</summary>
internal static class BareEndpoint
{
    public static async Task<int> RunAsync(string url, string answerFile)
    {
        byte[] answer = await File.ReadAllBytesAsync(answerFile);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapPost("/v1/{resource}", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        });
        await app.StartAsync();
        await Task.Run(Console.In.ReadToEnd);
        return 0;
    }
}
