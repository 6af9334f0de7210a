using System.Diagnostics.Metrics;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Webhooks;
using Prometheus;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// What the operator counts: .NET meters, which Prometheus reads at /metrics and OTLP sends. No label holds anything
/// personal. Thread-safe.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    /// <summary>The meter of what stands here. Prometheus' names begin with it.</summary>
    public const string MeterName = "microcreds";

    /// <summary>The web server's meter: how long requests take, by route.</summary>
    public const string WebServerMeter = "Microsoft.AspNetCore.Hosting";

    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The longest that the adapter keeps what rests: <see cref="KeepCounters"/> wakes it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly double[] SecondsBuckets =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly KeyValuePair<string, object?> Delivered = new("outcome", "delivered");
    private static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly IDisposable _adapter;
    private readonly Counter<long> _issued;
    private readonly Counter<long> _statusChanges;
    private readonly Counter<long> _verifications;
    private readonly Counter<long> _told;
    private readonly KeyValuePair<string, object?>[] _verdicts =
        [.. Enum.GetNames<VerdictKind>().Select(kind => KeyValuePair.Create(
            "verdict", (object?)kind.ToLowerInvariant()))];

    public GatewayMetrics(
        IMeterFactory meters, LedgerProjection projection, ProjectionFollower follower, MissingIssuances missing,
        ApiKeyWithdrawals withdrawals, Outbox outbox, Certificates certificates, Leadership leadership,
        WebhookFigures webhooks, TimeProvider time)
    {
        DotNetStats.Register(_registry);
        _adapter = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = _registry,
            MetricFactory = Prometheus.Metrics.WithCustomRegistry(_registry),
            MetricsExpireAfter = Longest,
            ResolveHistogramBuckets = _ => SecondsBuckets,
            InstrumentFilterPredicate = instrument => IsShown(instrument.Meter, meters),
        });
        var meter = meters.Create(MeterName);
        _issued = meter.CreateCounter<long>("credentials_issued_total", null, "Credentials that were anchored.");
        _statusChanges = meter.CreateCounter<long>(
            "status_changes_total", null, "Suspensions, reinstatements and revocations.");
        _verifications = meter.CreateCounter<long>("verifications_total", null, "Verifications by their verdict.");
        _told = meter.CreateCounter<long>(
            "webhook_attempts_total", null, "Attempts to tell webhooks, by their outcome.");
        KeepCounters();
        _registry.AddBeforeCollectCallback(KeepCounters);
        WatchMirror(meter, projection, follower);
        WatchWebhooks(meter, webhooks);
        meter.CreateObservableGauge("issuances_not_in_store", () => missing.Count, null,
            "The institution's issuances on the ledger that are not in the store.");
        meter.CreateObservableGauge("api_key_withdrawals_waiting", () => withdrawals.Waiting, null,
            "Withdrawn API keys of which the ledger does not know yet.");
        meter.CreateObservableGauge("leads", () => leadership.Leads ? 1 : 0, null,
            "1 while this gateway leads, of those on its database, what must be done once.");
        meter.CreateObservableGauge("outbox_backlog", () => outbox.Held, null,
            "Issuances in the store that are not on the ledger yet.");
        meter.CreateObservableGauge("outbox_waiting", () => outbox.Waiting, null,
            "Those among them that were tried in vain.");
        meter.CreateObservableGauge("certificate_days_left", () => certificates.All.Select(one =>
            new Measurement<double>((one.End - time.GetUtcNow()).TotalDays, KeyValuePair.Create(
                "certificate", (object?)one.Setting))), "d", "Days until a certificate ends; below 0 after it.");
    }

    /// <summary>Whether an instrument's name begins with the meter's: what has a name by convention keeps it.</summary>
    public static bool IsOurs(Meter meter) => meter.Name == MeterName;

    /// <summary>The name that Prometheus knows an instrument by, and OTLP too.</summary>
    public static string NameOf(Instrument instrument) => $"{MeterName}_{instrument.Name}";

    public void Issued(int count) => _issued.Add(count);

    public void StatusChanged() => _statusChanges.Add(1);

    public void Verified(VerdictKind kind) => _verifications.Add(1, _verdicts[(int)kind]);

    /// <summary>Counts an attempt to tell a webhook.</summary>
    public void Told(bool isTaken) => _told.Add(1, isTaken ? Delivered : Failed);

    public async Task WriteAsync(HttpResponse response)
    {
        response.ContentType = MediaType;
        await _registry.CollectAndExportAsTextAsync(response.Body, response.HttpContext.RequestAborted);
    }

    public void Dispose() => _adapter.Dispose();

    /// <summary>Shows the counters from the start on; one that rested a day would begin anew otherwise.</summary>
    private void KeepCounters()
    {
        _issued.Add(0);
        _statusChanges.Add(0);
        foreach (var verdict in _verdicts)
            _verifications.Add(0, verdict);
        _told.Add(0, Delivered);
        _told.Add(0, Failed);
    }

    private static void WatchWebhooks(Meter meter, WebhookFigures webhooks)
    {
        meter.CreateObservableGauge("webhook_deliveries_waiting", () => webhooks.Waiting, null,
            "Messages that webhooks are still to be told.");
        meter.CreateObservableGauge("webhook_delay_seconds", () => webhooks.Delay.TotalSeconds, null,
            "How long the oldest of them has waited.");
        meter.CreateObservableGauge("webhooks_disabled", () => webhooks.GivenUp.Count, null,
            "Webhooks that are told no more since they answered 410 or failed for long.");
        meter.CreateObservableGauge("webhooks_failing", () => webhooks.Failing, null,
            "Webhooks at which the last attempt failed.");
    }

    private static void WatchMirror(Meter meter, LedgerProjection projection, ProjectionFollower follower)
    {
        meter.CreateObservableGauge("projection_block", () => (long)projection.NextBlock - 1, null,
            "The newest block in the projection; -1 before any.");
        meter.CreateObservableGauge("peer_block", () => follower.NewestAtPeer, null,
            "The newest block that the peer spoke of.");
        meter.CreateObservableGauge("projection_lag_blocks",
            () => Math.Max(0, follower.NewestAtPeer - ((long)projection.NextBlock - 1)), null,
            "Blocks that the peer has and the projection has not.");
        meter.CreateObservableGauge("projection_lag_seconds", () => follower.Lag.TotalSeconds, null,
            "How long ago the projection last held all that the peer had.");
        meter.CreateObservableGauge("projection_current", () => follower.IsCurrent ? 1 : 0, null,
            "1 while the projection holds all that the peer has.");
        meter.CreateObservableGauge("unreadable_records", () => projection.Unreadable.Count, null,
            "Records on the ledger that this gateway cannot read.");
        meter.CreateObservableCounter("doubtful_transactions_total", () => projection.DoubtfulTransactions, null,
            "Transactions with an impossible time, a false event, another member's record, or private collections.");
    }

    /// <summary>A process may hold several gateways, as tests do: each shows its own.</summary>
    private static bool IsShown(Meter meter, IMeterFactory meters) => meter.Name switch
    {
        MeterName or WebServerMeter => ReferenceEquals(meter.Scope, meters),
        FabricTelemetry.Name => true,
        _ => false,
    };
}
