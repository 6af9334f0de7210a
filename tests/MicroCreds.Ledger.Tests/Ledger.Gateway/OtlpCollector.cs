using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Takes what is exported by OTLP over gRPC, and keeps the bytes: strings stand in them as they are.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _received = [];
    private readonly WebApplication _service;

    private OtlpCollector(WebApplication service) => _service = service;

    public string Address => _service.Urls.Single();

    /// <summary>The services that were called: traces, metrics, logs.</summary>
    public ConcurrentDictionary<string, bool> Signals { get; } = [];

    public string Received => string.Concat(_received.Select(Encoding.UTF8.GetString));

    /// <summary>Tells whether an identifier came: it stands there as it is, too.</summary>
    public bool HasBytes(byte[] identifier) => _received.Any(one => one.AsSpan().IndexOf(identifier) >= 0);

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(server =>
            server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var collector = new OtlpCollector(builder.Build());
        collector._service.Run(collector.TakeAsync);
        await collector._service.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue(body.ToArray());
        Signals[context.Request.Path] = true;
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
