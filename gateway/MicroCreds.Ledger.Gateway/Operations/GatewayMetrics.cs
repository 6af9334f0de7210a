using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Credentials.Verifying;
using Prometheus;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// What the operator counts, in Prometheus' text format. No label holds anything personal. Thread-safe.
/// </summary>
public sealed class GatewayMetrics
{
    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Counter _issued;
    private readonly Counter _statusChanges;
    private readonly Counter.Child[] _verdicts;

    public GatewayMetrics(
        LedgerProjection projection, ProjectionFollower follower, MissingIssuances missing,
        ApiKeyWithdrawals withdrawals, Leadership leadership)
    {
        DotNetStats.Register(_registry);
        var make = Metrics.WithCustomRegistry(_registry);
        _issued = make.CreateCounter("microcreds_credentials_issued_total", "Credentials that were anchored.");
        _statusChanges = make.CreateCounter(
            "microcreds_status_changes_total", "Suspensions, reinstatements and revocations.");
        var verifications = make.CreateCounter(
            "microcreds_verifications_total", "Verifications by their verdict.", "verdict");
        _verdicts =
            [.. Enum.GetNames<VerdictKind>().Select(kind => verifications.WithLabels(kind.ToLowerInvariant()))];
        var block = make.CreateGauge(
            "microcreds_projection_block", "The newest block in the projection; -1 before any.");
        var peerBlock = make.CreateGauge("microcreds_peer_block", "The newest block that the peer spoke of.");
        var current = make.CreateGauge(
            "microcreds_projection_current", "1 while the projection holds all that the peer has.");
        var unreadable = make.CreateGauge(
            "microcreds_unreadable_records", "Records on the ledger that this gateway cannot read.");
        var doubtful = make.CreateCounter(
            "microcreds_doubtful_transactions_total",
            "Transactions with an impossible time, an event that tells another record than was written, or a record in "
            + "another member's name, or private collections.");
        var notInStore = make.CreateGauge(
            "microcreds_issuances_not_in_store",
            "The institution's issuances on the ledger that are not in the store.");
        var waiting = make.CreateGauge(
            "microcreds_api_key_withdrawals_waiting", "Withdrawn API keys of which the ledger does not know yet.");
        var leads = make.CreateGauge(
            "microcreds_leads", "1 while this gateway leads, of those on its database, what must be done once.");
        _registry.AddBeforeCollectCallback(() =>
        {
            leads.Set(leadership.Leads ? 1 : 0);
            unreadable.Set(projection.Unreadable.Count);
            doubtful.IncTo(projection.DoubtfulTransactions);
            notInStore.Set(missing.Count);
            waiting.Set(withdrawals.Waiting);
            block.Set((double)projection.NextBlock - 1);
            peerBlock.Set(follower.NewestAtPeer);
            current.Set(follower.IsCurrent ? 1 : 0);
        });
    }

    public void Issued(int count) => _issued.Inc(count);

    public void StatusChanged() => _statusChanges.Inc();

    public void Verified(VerdictKind kind) => _verdicts[(int)kind].Inc();

    public async Task WriteAsync(HttpResponse response)
    {
        response.ContentType = MediaType;
        await _registry.CollectAndExportAsTextAsync(response.Body, response.HttpContext.RequestAborted);
    }
}
