using System.Diagnostics;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>Sends traces, metrics and logs to a collector (OTLP), if one is configured.</summary>
public static class Telemetry
{
    private const string WebServer = "Microsoft.AspNetCore";

    public static void AddTelemetry(this WebApplicationBuilder builder, GatewayServiceOptions options)
    {
        if (options.OtlpEndpoint is not { } endpoint)
            return;

        // The web server says what was asked when a span begins: the sampler decides by it.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        bool isHttp = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") == "http/protobuf";
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("microcreds-gateway")
                .AddAttributes([new("microcreds.msp_id", options.MspId)]))
            .WithTracing(traces => Sample(traces)
                .AddSource(WebServer, FabricTelemetry.Name, TransactionTraces.Name)
                .AddProcessor(new NamelessSpans()))
            .WithMetrics(metrics => metrics
                .AddMeter(GatewayMetrics.MeterName, FabricTelemetry.Name, GatewayMetrics.WebServerMeter)
                .AddMeter("System.Runtime")
                .AddView(instrument => GatewayMetrics.IsOurs(instrument.Meter)
                    ? new MetricStreamConfiguration { Name = GatewayMetrics.NameOf(instrument) }
                    : null))
            .WithLogging(null, logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter(
                isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc, new Uri(endpoint));
    }

    /// <summary>Names the span after the request's route: its address may be a secret or name a person.</summary>
    public static Task NameSpanAsync(HttpContext context, RequestDelegate next)
    {
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
            span.DisplayName = $"{context.Request.Method} {route}";
            span.SetTag("http.route", route).SetTag("http.request.method", context.Request.Method);
        }

        return next(context);
    }

    /// <summary>The standard's own setting comes first.</summary>
    private static TracerProviderBuilder Sample(TracerProviderBuilder traces) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER"))
            ? traces.SetSampler(new ParentBasedSampler(new RequestSampler()))
            : traces;

    /// <summary>Takes from the web server's spans all that a request's sender can write freely.</summary>
    private sealed class NamelessSpans : BaseProcessor<Activity>
    {
        private static readonly string[] Kept =
            ["http.route", "http.request.method", "http.response.status_code", "error.type", "url.scheme"];

        public override void OnEnd(Activity data)
        {
            if (data.Source.Name != WebServer)
                return;
            foreach (var (name, _) in data.TagObjects.Where(tag => !Kept.Contains(tag.Key)).ToArray())
                data.SetTag(name, null);
        }
    }
}
