using System.Diagnostics;
using MicroCreds.Ledger.Gateway.Resources;
using OpenTelemetry.Trace;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Which requests are traced that bring no trace along: each that may write, and a tenth of those that read, which come
/// in masses and say the same of each other. Thread-safe.
/// </summary>
internal sealed class RequestSampler : Sampler
{
    /// <summary>The share of reading requests that are traced.</summary>
    public const double ReadShare = 0.1;

    private readonly AlwaysOnSampler _all = new();
    private readonly TraceIdRatioBasedSampler _some = new(ReadShare);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => Reads(samplingParameters)
        ? _some.ShouldSample(samplingParameters)
        : _all.ShouldSample(samplingParameters);

    private static bool Reads(in SamplingParameters started)
    {
        if (started.Kind != ActivityKind.Server || started.Tags is not { } tags) return false;
        foreach (var (name, value) in tags)
        {
            bool reads = name switch
            {
                "http.request.method" => value is "GET" or "HEAD",
                "url.path" => value is VerificationResource.Address,
                _ => false,
            };
            if (reads) return true;
        }

        return false;
    }
}
