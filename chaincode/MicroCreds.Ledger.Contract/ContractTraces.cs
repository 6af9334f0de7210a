using MicroCreds.Fabric.Chaincode;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MicroCreds.Ledger.Contract;

/// <summary>Sends the spans of transactions to a collector (OTLP), if one is configured.</summary>
internal static class ContractTraces
{
    private const string Service = "microcreds-contract";

    /// <summary>Begins to export, until it is disposed. The exporter reads OTEL_EXPORTER_OTLP_… itself.</summary>
    /// <returns>Null if no collector is named: then nothing of it is even loaded.</returns>
    public static IDisposable? Export() => ChaincodeTelemetry.IsCollectorNamed ? Build() : null;

    private static TracerProvider Build() => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService(Service).AddEnvironmentVariableDetector())
        .AddSource(ChaincodeTelemetry.Name)
        .AddOtlpExporter()
        .Build();
}
