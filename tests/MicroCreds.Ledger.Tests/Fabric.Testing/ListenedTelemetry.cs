using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MicroCreds.Ledger.Tests.Fabric.Testing;

/// <summary>What the libraries tell of themselves, taken down until disposed.</summary>
internal static class ListenedTelemetry
{
    /// <summary>Takes every span of these sources, when it ends.</summary>
    public static ActivityListener TakeSpans(ConcurrentQueue<Activity> spans, params string[] sources)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Takes the tags of every figure of a histogram.</summary>
    public static MeterListener TakeTags(
        ConcurrentQueue<Dictionary<string, object?>> figures, string meter, string histogram)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == meter && instrument.Name == histogram)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, _, tags, _) => figures.Enqueue(tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
        listener.Start();
        return listener;
    }
}
