using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/healthz, /readyz, /metrics: what operators and their machines ask.</summary>
public static class HealthResource
{
    /// <summary>The most unreadable records that are named; the number is that of all.</summary>
    private const int MaxTold = 20;

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok(new Liveness("alive")))
            .WithTags("Operations")
            .WithSummary("Whether the process runs");
        var health = routes.MapGroup("").WithTags("Operations").AddEndpointFilter(OperationsPort.OnlyThereAsync);
        health.MapGet("/readyz", ReadAsync)
            .WithSummary("Whether the gateway can do its work, and if not, what is missing")
            .Produces<Readiness>()
            .Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
        health.MapGet("/metrics", (HttpContext context, GatewayMetrics metrics) => metrics.WriteAsync(context.Response))
            .WithSummary("Figures in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    private static async Task<JsonHttpResult<Readiness>> ReadAsync(
        LedgerProjection projection, ProjectionFollower follower, IssuerKeys keys, LedgerIdentity identity,
        MissingIssuances missing, ApiKeyWithdrawals withdrawals, Leadership leadership, GatewayServiceOptions options,
        WebhookFigures webhooks, IssuingReadiness issuing, HeadExchange exchange, MemberFaces faces,
        WitnessedLogs witnessed, LogHeads heads, LogKeyRegistrar logKey, LogMembers members, Membership membership,
        CancellationToken cancellationToken)
    {
        var found = await issuing.FindAsync(cancellationToken);
        var institution = projection.Institutions.GetValueOrDefault(options.MspId);
        ReadinessCheck[] checks =
        [
            Check("peer", follower.PeerFault, $"The peer at {options.PeerEndpoint} answers."),
            Check("projection", follower.ProjectionFault, "The projection holds every block that the peer has."),
            Check("ledger", identity.IsConfirmed ? null : identity.Fault
                ?? "Which ledger this is, the peer has not said yet: it is asked again every second. See the check "
                    + "peer, and the gateway's log.", "The ledger is founded as block 0 of the peer says."),
            Check("institution", institution is null
                ? "The institution is not on the ledger: write it there with PUT /v1/institution."
                : membership.Fault, "The institution is on the ledger, and a member."),
            Check("key", found.Key ?? (keys.FindActive(institution) is not null ? null
                : "No key of this gateway is in force on the ledger: POST /v1/institution/keys registers a new one."),
                "A signing key of this gateway is in force on the ledger, and signs."),
            Check("contract", found.Contract, "The contract answers."),
            Check("endorsers", found.Endorsers, "Enough members' peers endorse for a transaction to count."),
            Check("store", found.Store, "The store and the data directory take writes."),
            Check("disk", found.Disk, $"The disk has at least {options.MinFreeMegabytes} MB left."),
            Check("clock", found.Clock, "The clock is right enough for the contract."),
            Check("certificates", found.Certificates, "No certificate has ended."),
        ];
        bool isReady = Array.TrueForAll(checks, check => check.Ok);
        string[] shortcomings =
        [
            .. new[] { found.OwnPeer, found.IssuerCert }.OfType<string>(),
            .. Shortcomings(projection, missing, withdrawals), .. Shortcomings(webhooks), .. Shortcomings(exchange),
            .. Shortcomings(faces, exchange, witnessed, members), .. Shortcomings(heads),
            .. new[] { logKey.Fault }.OfType<string>(),
        ];
        string status = !isReady ? "notReady" : shortcomings.Length > 0 ? "degraded" : "ready";
        return TypedResults.Json(
            new Readiness(
                status, projection.Head?.Block, checks, shortcomings,
                new InstanceOfSeveral(leadership.Instance, leadership.Leads, leadership.Leader)),
            statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static ReadinessCheck Check(string name, string? fault, string detail) =>
        new(name, fault is null, fault ?? detail);

    /// <summary>What the gateway cannot do, or should be looked into, though it does its work.</summary>
    private static IEnumerable<string> Shortcomings(
        LedgerProjection projection, MissingIssuances missing, ApiKeyWithdrawals withdrawals)
    {
        if (projection.Unreadable is { Count: > 0 } unreadable)
        {
            yield return $"{unreadable.Count} records on the ledger cannot be read by this gateway, and what depends "
                + $"on them could not be checked: upgrade it. {string.Join("; ", unreadable.Tell(MaxTold))}.";
        }

        if (projection.Log.StoppedBefore is { } block)
        {
            yield return $"The log stands before block {block}, in which a record could not be read. Once this gateway "
                + "can read all records, stop it, remove projection.db, start it: mirror and log grow again.";
        }

        if (projection.DoubtfulTransactions is > 0 and var doubtful)
        {
            yield return $"{doubtful} transactions since the start had an impossible time, told another record than "
                + "they wrote, wrote in another member's name, or used private collections: somebody's contract server "
                + "is not the one that was agreed on. What was wrong with them was passed over; the log names them.";
        }

        if (missing.Count is > 0 and var count)
        {
            yield return $"{count} issuances of this institution are on the ledger and not in this gateway's store, "
                + "as after an older copy was restored: their documents cannot be handed out here, and an award of "
                + "theirs that is asked for again is not known as issued.";
        }

        if (withdrawals.Waiting is > 0 and var waiting)
        {
            yield return $"{waiting} API keys are withdrawn here, which the ledger does not know yet: a copy of this "
                + "gateway's data from before would take them. It is sent on as soon as the ledger takes it.";
        }
    }

    private static IEnumerable<string> Shortcomings(HeadExchange exchange) => exchange.Differing.Select(one =>
        $"""
        The log of {one.Name} says something else than this gateway's at {one.DiffersAt} leaves,
        {(one.DiffersAtLeaf is { } leaf ? $"first at leaf {leaf}" : "though its leaves are the same")}: neither signs
        the other's heads. One peer's ledger is another one, or one gateway is of another version: compare both with
        microcreds log fsck --against.
        """.ReplaceLineEndings(" "));

    /// <summary>Of keys that are asked or witnessed now, and were not withdrawn: what others signed once is over.
    /// </summary>
    private static IEnumerable<string> Shortcomings(
        MemberFaces faces, HeadExchange exchange, WitnessedLogs witnessed, LogMembers members)
    {
        var found = FoundOf(faces);
        if (found.Count == 0) return [];
        var counting = exchange.KnownKeys.Concat(witnessed.Keys).Select(key => $"{key}")
            .Except(members.Withdrawn()).ToHashSet(StringComparer.Ordinal);
        return found.Where(one => counting.Contains(one.Key)).Take(MaxTold).Select(one => $"""
            The key {one.Key} signed heads of the log that contradict each other ({one.Kind}, found {one.FoundAt:u}):
            rely on nothing that rests on its word alone, and show the others /v1/log/evidence/{one.Id}, which
            microcreds log evidence checks. Its institution reports the key stolen, or withdraws it; one of another
            log goes out of the file of witnessed logs.
            """.ReplaceLineEndings(" "));
    }

    private static IEnumerable<string> Shortcomings(LogHeads heads)
    {
        if (heads.AheadUntil is { } until)
        {
            yield return $"This gateway signed a head of the log with the time {until:u}, which has not come: its "
                + "clock was ahead. It signs none as a member until then, since it would date back. If that is long, "
                + $"stop it, remove {heads.KeyFile} in the data directory, and start it: it signs with a new key.";
        }
    }

    private static IReadOnlyList<KeptEvidence> FoundOf(MemberFaces faces)
    {
        try
        {
            return faces.Found;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // That the store cannot be asked is said by its own check.
            return [];
        }
    }

    private static IEnumerable<string> Shortcomings(WebhookFigures webhooks) =>
        webhooks.GivenUp.Select(one =>
            $"""
            The webhook {one.Id} at {new Uri(one.Url).Host} is told no more since {one.ChangedAt:u}: it
            {(one.Cause == WebhookCause.Gone ? "answered 410 Gone" : $"failed for long, at last by {one.Fault}")}. When
            it is mended, POST /v1/webhooks/{one.Id}/activation; else DELETE it.
            """.ReplaceLineEndings(" "));

    /// <summary>The process runs.</summary>
    /// <param name="Status">Always <c>alive</c>.</param>
    public sealed record Liveness(string Status);

    /// <summary>Whether the gateway can do its work.</summary>
    /// <param name="Status"><c>ready</c>, <c>degraded</c> (it works, but see below) or <c>notReady</c>.</param>
    /// <param name="Block">The newest block in the projection.</param>
    /// <param name="Checks">What it takes.</param>
    /// <param name="Shortcomings">What it cannot do for all that, or should be looked into.</param>
    /// <param name="Instance">Which one it is of the gateways on its database.</param>
    public sealed record Readiness(
        string Status, ulong? Block, IReadOnlyList<ReadinessCheck> Checks, IReadOnlyList<string> Shortcomings,
        InstanceOfSeveral Instance);

    /// <summary>One of the gateways on a database; each answers all requests.</summary>
    /// <param name="Name">What it is called: its machine, and what tells two of one machine apart.</param>
    /// <param name="Leads">Whether it leads what must be done once, such as building batches.</param>
    /// <param name="Leader">Who leads; null while nobody does, or the database is out of reach.</param>
    public sealed record InstanceOfSeveral(string Name, bool Leads, string? Leader);

    /// <summary>One thing it takes.</summary>
    /// <param name="Check">What.</param>
    /// <param name="Ok">Whether it is so.</param>
    /// <param name="Detail">What should be so, or why it is not and how to mend it.</param>
    public sealed record ReadinessCheck(string Check, bool Ok, string Detail);
}
