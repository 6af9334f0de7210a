using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk: what needs attention, how the gateway stands, and what was done over time.</summary>
internal static class OverviewDesk
{
    public static void MapOverview(this IEndpointRouteBuilder desk) => desk.MapGet("", ShowAsync)
        .Unaudited("It shows figures of the public record, and nothing of a person.")
        .RequireAuthorization(GatewayRoles.Any);

    private static async Task<IResult> ShowAsync(
        HttpContext context, IssuingStatistics statistics, AnswerCounter answers, LedgerProjection projection,
        Outbox outbox, OverviewAttention attention, GatewayServiceOptions options, TimeProvider time)
    {
        var visit = Visit.Of(context);
        var now = time.GetUtcNow();
        var months = MonthSeries.MonthsUntil(now);
        var partners = RecognitionMatrix.Of(
            options.MspId, projection.Institutions, projection.Shared.Agreements, now);
        return DeskAnswers.Page<Overview>(
            context, visit, (nameof(Overview.Now), now),
            (nameof(Overview.Total), statistics.TotalOf(options.MspId)),
            (nameof(Overview.ByMonth), statistics.ByMonth(options.MspId, MonthSeries.MonthsShown)),
            (nameof(Overview.Answered), answers.List(months[0], months[^1])),
            (nameof(Overview.RecognizingOurs), partners.Count(one => one.RecognizesOfIt.Count > 0)),
            (nameof(Overview.RecognizedHere), partners.Count(one => one.RecognizedByIt.Count > 0)),
            (nameof(Overview.Head), projection.Head), (nameof(Overview.Queue), outbox.Held),
            (nameof(Overview.Attention), await attention.FindAsync(visit, context.RequestAborted)));
    }
}

/// <summary>Finds what somebody has to look at. Thread-safe.</summary>
public sealed class OverviewAttention(
    IssuingReadiness readiness, Certificates certificates, MissingIssuances missing, Outbox outbox,
    WebhookStore webhooks, IssuingRequests requests, MemberAgreements agreements, MemberBallots ballots,
    LedgerProjection projection, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>How long a page waits for the peer's word: it is asked for at most each five seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndsSoon = TimeSpan.FromDays(30);

    /// <summary>Lists it, the most urgent first.</summary>
    public async Task<IReadOnlyList<Attention>> FindAsync(Visit visit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var text = visit.Text;
        var found = new List<Attention>(await FindFaultsAsync(text, cancellationToken));
        if (missing.Count > 0)
            found.Add(Of("bad", "missing", missing.Count, link: null));
        if (requests.Count(IssuingRequestState.Failed) is > 0 and int failed)
            found.Add(Of("bad", "failed", failed, "/desk/requests"));
        if (visit.MayRegister && webhooks.List().Count(one => one.State == WebhookState.Disabled
            || one.FailingSince is not null) is > 0 and int hooks)
            found.Add(Of("warn", "webhooks", hooks, WebhookDesk.Address));
        foreach (var one in certificates.All.Where(one => one.End < time.GetUtcNow() + EndsSoon))
        {
            found.Add(new Attention("warn", text.Fill(
                "desk.attention.certificate", ("setting", one.Setting), ("day", text.Date(one.End)))));
        }

        if (outbox.Waiting > 0)
            found.Add(Of("warn", "waiting", outbox.Waiting, link: null));
        if (visit.MayApprove && visit.WaitingRequests > 0)
            found.Add(Of("", "approvals", visit.WaitingRequests, "/desk/requests"));
        if (visit.MayRegister && visit.OpenApplications > 0)
            found.Add(Of("", "applications", visit.OpenApplications, ApplicationDesk.Address));
        if (projection.Shared.Agreements.Of(options.MspId).Count(agreements.Awaits) is > 0 and int toSign)
            found.Add(Of("", "agreements", toSign, "/desk/agreements"));
        if (projection.Shared.Ballots.Count(ballots.Awaits) is > 0 and int toVote)
            found.Add(Of("", "ballots", toVote, "/desk/ballots"));
        return found;

        Attention Of(string tone, string key, int count, string? link) =>
            new(tone, text.Fill($"desk.attention.{key}", ("count", text.Whole(count)))) { Link = link };
    }

    private async Task<IEnumerable<Attention>> FindFaultsAsync(PageText text, CancellationToken cancellationToken)
    {
        try
        {
            var faults = await readiness.FindAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return new[]
                {
                    faults.Contract, faults.Endorsers, faults.Store, faults.Disk, faults.Clock, faults.Certificates,
                    faults.Key,
                }
                .OfType<string>().Select(fault => new Attention("bad", text["desk.attention.notReady"])
                {
                    Detail = fault,
                });
        }
        catch (TimeoutException)
        {
            return [new Attention("warn", text["desk.attention.slow"])];
        }
    }
}

/// <summary>Something to look at.</summary>
/// <param name="Tone">How urgent: bad, warn, or nothing.</param>
/// <param name="Text">What it is.</param>
public sealed record Attention(string Tone, string Text)
{
    /// <summary>Where it is mended.</summary>
    public string? Link { get; init; }

    /// <summary>The cause and the mend, in English.</summary>
    public string? Detail { get; init; }
}
