using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/status-batches: many credentials revoked, suspended or reinstated at once.</summary>
public static class StatusBatchResource
{
    /// <summary>The kind of subject that the audit log calls it.</summary>
    public const string Kind = "status-batch";

    private const string Address = "/v1/status-batches";
    private const int MaxBytes = 2 * 1024 * 1024;

    private static readonly string[] ItemStates =
        [StatusItemState.Waiting, StatusItemState.Done, StatusItemState.Failed];

    public static void MapStatusBatches(this IEndpointRouteBuilder routes)
    {
        var batches = routes.MapGroup(Address).WithTags("Status");
        batches.MapPost("", AcceptAsync)
            .Costs(RouteCost.Batch)
            .Audited("status-batch.begin", Kind)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithSummary("Revoke, suspend or reinstate many credentials")
            .WithDescription(
                $"Up to {StatusBatches.MaxItems:N0}, by their identifiers or places. One that is not this gateway's "
                + "refuses the whole, and changes nothing. What is accepted is done one transaction each, whatever "
                + "breaks; one that is as wanted already is left as it is.")
            .TakesJson(new WantedStatuses
            {
                State = CredentialState.Revoked,
                Reason = StatusReason.IssuedInError,
                Credentials = ["urn:uuid:0190f3a5-7c1e-7abc-8def-0123456789ab"],
            })
            .GivesProblems(400, 401, 403, 413, 415);
        batches.MapGet("", List)
            .TakesParameters("state")
            .Audited("status-batch.list")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("List status batches, the newest first")
            .GivesProblems(400, 401, 403);
        batches.MapGet("/{id}", (string id, StatusBatchIntake intake, StatusBatches store) =>
                TypedResults.Ok(StatusBatchAnswer.Of(intake.Require(id), store)))
            .Audited("status-batch.read", Kind)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("See how far a status batch is")
            .GivesProblems(401, 403, 404);
        batches.MapGet("/{id}/credentials", ListItems)
            .TakesParameters("state")
            .Audited("status-batch.read", Kind)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("List the credentials of a status batch; state (waiting, done, failed) chooses")
            .GivesProblems(400, 401, 403, 404);
    }

    private static async Task<Accepted<StatusBatchAnswer>> AcceptAsync(
        HttpContext context, StatusBatchIntake intake, StatusBatches store)
    {
        var wanted = await RequestBody.ReadAsync<WantedStatuses>(context.Request, MaxBytes);
        var batch = await intake.AcceptAsync(
            wanted.Credentials, wanted.State, wanted.Reason, Caller.Require(context.User));
        return TypedResults.Accepted($"{Address}/{batch.Id}", StatusBatchAnswer.Of(batch, store));
    }

    private static Ok<Page<StatusBatchAnswer>> List(HttpContext context, StatusBatches store)
    {
        var page = PageRequest.Of(context.Request);
        var found = store.List(page.AfterId, page.Size + 1);
        return TypedResults.Ok(page.Take([.. found.Select(one => StatusBatchAnswer.Of(one, store))], one => one.Id));
    }

    private static Ok<Page<StatusBatchCredential>> ListItems(
        string id, HttpContext context, StatusBatchIntake intake, StatusBatches store, GatewayServiceOptions options)
    {
        var page = PageRequest.Of(context.Request);
        int after = 0;
        if (page.After is not null
            && !int.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
        string? state = context.Request.Query["state"].LastOrDefault();
        if (state is not null && !ItemStates.Contains(state))
            throw ProblemException.Invalid("state", $"must be one of {string.Join(", ", ItemStates)}.");
        var found = store.ListItems(intake.Require(id).Id, state, after, page.Size + 1);
        return TypedResults.Ok(page.Take(
            [
                .. found.Select(item => new StatusBatchCredential(
                    item.Position, $"{options.MspId}.{item.Root}.{item.Leaf}", item.State, item.Outcome)),
            ],
            one => one.Position.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>What is to be said of many credentials.</summary>
    public sealed record WantedStatuses
    {
        /// <summary><c>revoked</c>, <c>suspended</c> or <c>inForce</c>.</summary>
        public required string State { get; init; }

        /// <summary>Why: a code, as with one credential; none for <c>inForce</c>.</summary>
        public string? Reason { get; init; }

        /// <summary>The credentials, by their identifiers or their places on the ledger.</summary>
        public required IReadOnlyList<string> Credentials { get; init; }
    }

    /// <summary>A status batch and how far it is.</summary>
    public sealed record StatusBatchAnswer
    {
        /// <summary>Names it.</summary>
        public required string Id { get; init; }

        /// <summary><c>running</c> or <c>done</c>; <c>draft</c> while somebody looks at it at the desk.</summary>
        public required string State { get; init; }

        /// <summary>The state that the credentials are to have.</summary>
        public required string Wanted { get; init; }

        /// <summary>Why.</summary>
        public string? Reason { get; init; }

        /// <summary>Who asked.</summary>
        public required Caller Actor { get; init; }

        /// <summary>When.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>When the last one was done.</summary>
        public DateTimeOffset? EndedAt { get; init; }

        /// <summary>How many are still to be done.</summary>
        public required int Waiting { get; init; }

        /// <summary>How many are as wanted.</summary>
        public required int Done { get; init; }

        /// <summary>How many could not be.</summary>
        public required int Failed { get; init; }

        internal static StatusBatchAnswer Of(StatusBatch batch, StatusBatches store)
        {
            var counts = store.Count(batch.Id);
            return new StatusBatchAnswer
            {
                Id = batch.Id,
                State = batch.State,
                Wanted = batch.Wanted,
                Reason = batch.Reason,
                Actor = Approvals.CallerOf(batch.Actor),
                CreatedAt = batch.CreatedAt,
                EndedAt = batch.EndedAt,
                Waiting = counts.GetValueOrDefault(StatusItemState.Waiting),
                Done = counts.GetValueOrDefault(StatusItemState.Done),
                Failed = counts.GetValueOrDefault(StatusItemState.Failed),
            };
        }
    }

    /// <summary>One of its credentials.</summary>
    /// <param name="Position">Where it stood in the list, from 1.</param>
    /// <param name="Credential">Its place on the ledger.</param>
    /// <param name="State"><c>waiting</c>, <c>done</c> or <c>failed</c>.</param>
    /// <param name="Outcome">Why it could not be done.</param>
    public sealed record StatusBatchCredential(int Position, string Credential, string State, string? Outcome);
}
