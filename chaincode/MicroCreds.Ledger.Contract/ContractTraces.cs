using MicroCreds.Fabric.Chaincode;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MicroCreds.Ledger.Contract;

/// <summary>Sends the spans of transactions to a collector (OTLP), if one is configured.</summary>
internal static class ContractTraces
{
    private const string Service = "microcreds-contract";

    // The standard's names; the exporter reads these itself, with the rest of OTEL_EXPORTER_OTLP_….
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>Begins to export, until it is disposed.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <returns>Null if no collector is configured: then nothing of it is even loaded.</returns>
    public static IDisposable? Export(Func<string, string?> variable) =>
        string.IsNullOrWhiteSpace(variable(Endpoint)) && string.IsNullOrWhiteSpace(variable(TracesEndpoint))
            ? null
            : Build();

    private static TracerProvider Build() => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService(Service).AddEnvironmentVariableDetector())
        .AddSource(ChaincodeTelemetry.Name)
        .AddOtlpExporter()
        .Build();
}
