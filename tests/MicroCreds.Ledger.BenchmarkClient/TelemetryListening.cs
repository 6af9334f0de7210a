using System.Diagnostics;
using System.Diagnostics.Metrics;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.BenchmarkClient;

/// <summary>Takes every span and figure, and does nothing with them.</summary>
internal sealed class TelemetryListening : IDisposable
{
    /// <summary>The variable that is set where every call is to be traced, and every figure taken.</summary>
    public const string Variable = "TRACED";

    /// <summary>The source of the spans that calls belong to.</summary>
    public const string Requests = "MicroCreds.Ledger.BenchmarkClient";

    private readonly MeterListener _figures = new();
    private readonly ActivityListener _spans;

    /// <param name="library">The name of the library's own source and meter.</param>
    private TelemetryListening(string library)
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == library || source.Name == Requests,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_spans);
        _figures.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == library) listener.EnableMeasurementEvents(instrument);
        };
        _figures.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        _figures.Start();
    }

    /// <summary>Listens to a library, the client's by default, if <see cref="Variable"/> is set; else null.</summary>
    public static TelemetryListening? IfTold(string library = FabricTelemetry.Name) =>
        Environment.GetEnvironmentVariable(Variable) is null ? null : new TelemetryListening(library);

    public void Dispose()
    {
        _spans.Dispose();
        _figures.Dispose();
    }
}
