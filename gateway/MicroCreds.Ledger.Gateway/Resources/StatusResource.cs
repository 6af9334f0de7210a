using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/credentials/{id}/revocation, /suspension, /status: whether a credential stands.</summary>
public static class StatusResource
{
    public static void MapStatuses(this IEndpointRouteBuilder routes)
    {
        var status = routes.MapGroup("/v1/credentials/{id}").WithTags("Status");
        status.MapPost("/revocation", RevokeAsync)
            .Audited("credential.revoke", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Revoke a credential, for good")
            .WithDescription(
                $"Reasons: {string.Join(", ", StatusReason.ForRevocation)}. With `superseded`, `replacedBy` is the id "
                + "of the credential, of this gateway, that takes its place. The same request sent again changes "
                + "nothing.")
            .TakesJson(new Revocation { Reason = StatusReason.IssuedInError })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        status.MapPost("/suspension", SuspendAsync)
            .Audited("credential.suspend", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Suspend a credential")
            .WithDescription($"Reasons: {string.Join(", ", StatusReason.ForSuspension)}.")
            .TakesJson(new Suspension { Reason = StatusReason.UnderReview })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        status.MapDelete("/suspension", ReinstateAsync)
            .Audited("credential.reinstate", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("End a suspension")
            .GivesProblems(401, 403, 404, 409, 503);
        status.MapGet("/status", HistoryAsync)
            .WithSummary("Read a credential's status and how it came to be")
            .WithDescription("Newest first; empty while nothing was ever said against it. From the ledger, no login.")
            .GivesProblems(404, 503);
    }

    private static async Task<Ok<StatusAnswer>> RevokeAsync(
        string id, HttpContext context, DocumentStore documents, StatusChanges changes,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<Revocation>(context.Request);
        RequireReason(body.Reason, StatusReason.ForRevocation);
        var address = CredentialAddress.Resolve(id, documents);
        var replacement = Replacement(body, address, documents);
        return Answer(address, await changes.ChangeAsync(
            address.MspId, address.Root, address.Index, CredentialState.Revoked, body.Reason, replacement,
            Caller.Require(context.User), cancellationToken));
    }

    private static async Task<Ok<StatusAnswer>> SuspendAsync(
        string id, HttpContext context, DocumentStore documents, StatusChanges changes,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<Suspension>(context.Request);
        RequireReason(body.Reason, StatusReason.ForSuspension);
        var address = CredentialAddress.Resolve(id, documents);
        return Answer(address, await changes.ChangeAsync(
            address.MspId, address.Root, address.Index, CredentialState.Suspended, body.Reason, null,
            Caller.Require(context.User), cancellationToken));
    }

    private static async Task<Ok<StatusAnswer>> ReinstateAsync(
        string id, HttpContext context, DocumentStore documents, StatusChanges changes,
        CancellationToken cancellationToken)
    {
        var address = CredentialAddress.Resolve(id, documents);
        return Answer(address, await changes.ChangeAsync(
            address.MspId, address.Root, address.Index, CredentialState.InForce, null, null,
            Caller.Require(context.User), cancellationToken));
    }

    private static async Task<Ok<StatusHistory>> HistoryAsync(
        string id, HttpContext context, DocumentStore documents, IssuanceStore issuances, RecordActors actors,
        LedgerDoor door, GatewayServiceOptions options, CancellationToken cancellationToken)
    {
        var address = CredentialAddress.Resolve(id, documents);
        var history = await door.GetStatusHistoryAsync(
            address.MspId ?? options.MspId, address.Root, address.Index, cancellationToken);
        var statuses = history.Where(entry => entry.Record is not null)
            .Select(entry => StatusAnswer.Of(address.Id, entry.Record!));
        if (!Caller.HasRole(context.User))
            return TypedResults.Ok(new StatusHistory([.. statuses]));

        // Who works here is no public matter.
        context.Response.Headers.CacheControl = "private, no-store";
        var issuance = issuances.FindByPlace(address.Root, address.Index);
        return TypedResults.Ok(new StatusHistory(
            [.. statuses.Select(status => status with { Actor = actors.OfStatus(status.TransactionId) })])
        {
            IssuedBy = issuance is null ? null : actors.OfIssuance(issuance.Id),
        });
    }

    private static Ok<StatusAnswer> Answer(CredentialAddress address, Status status) =>
        TypedResults.Ok(StatusAnswer.Of(address.Id, status));

    private static void RequireReason(string reason, IReadOnlyList<string> allowed)
    {
        if (!allowed.Contains(reason))
            throw ProblemException.Invalid("/reason", $"must be one of {string.Join(", ", allowed)}.");
    }

    private static CredentialReference? Replacement(Revocation body, CredentialAddress old, DocumentStore documents)
    {
        bool isSuperseded = body.Reason == StatusReason.Superseded;
        if (body.ReplacedBy is null)
        {
            return isSuperseded
                ? throw ProblemException.Invalid("/replacedBy", "is missing: name the credential that takes its place.")
                : null;
        }

        if (!isSuperseded)
            throw ProblemException.Invalid("/replacedBy", $"belongs to the reason {StatusReason.Superseded} alone.");
        var found = CredentialAddress.TryResolve(body.ReplacedBy, documents, out _);
        if (found?.Id is null)
        {
            throw ProblemException.Invalid(
                "/replacedBy", "must be the id of a credential that this gateway issued: issue the new one first.");
        }

        return found.Root == old.Root && found.Index == old.Index
            ? throw ProblemException.Invalid("/replacedBy", "is the credential itself.")
            : new CredentialReference(found.Root, found.Index, found.Id);
    }

    /// <summary>A revocation.</summary>
    public sealed record Revocation
    {
        /// <summary>Why: a code, never free text.</summary>
        public required string Reason { get; init; }

        /// <summary>The credential that takes its place; with the reason <c>superseded</c> alone.</summary>
        public string? ReplacedBy { get; init; }
    }

    /// <summary>A suspension.</summary>
    public sealed record Suspension
    {
        /// <summary>Why: a code, never free text.</summary>
        public required string Reason { get; init; }
    }

    /// <summary>A status as it stands on the ledger.</summary>
    public sealed record StatusAnswer
    {
        /// <summary>The credential's identifier, if this gateway issued it.</summary>
        public string? Id { get; init; }

        /// <summary>The issuer.</summary>
        public required string MspId { get; init; }

        /// <summary>The issuance's root.</summary>
        public required string Root { get; init; }

        /// <summary>The index in its tree.</summary>
        public required int Index { get; init; }

        /// <summary><c>inForce</c>, <c>suspended</c> or <c>revoked</c>.</summary>
        public required string State { get; init; }

        /// <summary>Why.</summary>
        public string? Reason { get; init; }

        /// <summary>The credential that takes its place.</summary>
        public string? ReplacedBy { get; init; }

        /// <summary>When: the transaction's own time.</summary>
        public required DateTimeOffset ChangedAt { get; init; }

        /// <summary>The transaction that changed it.</summary>
        public required string TransactionId { get; init; }

        /// <summary>Who changed it; told to those alone who have a role at this gateway.</summary>
        public Caller? Actor { get; init; }

        internal static StatusAnswer Of(string? id, Status status) => new()
        {
            Id = id,
            MspId = status.Statement.MspId,
            Root = status.Statement.Root,
            Index = status.Statement.Index,
            State = status.Statement.State,
            Reason = status.Statement.Reason,
            ReplacedBy = status.Statement.ReplacedBy?.Id,
            ChangedAt = status.ChangedAt,
            TransactionId = status.TransactionId,
        };
    }

    /// <summary>What was said about a credential.</summary>
    /// <param name="Items">Newest first.</param>
    public sealed record StatusHistory(IReadOnlyList<StatusAnswer> Items)
    {
        /// <summary>Who issued it; told to those alone who have a role at this gateway.</summary>
        public Caller? IssuedBy { get; init; }
    }
}
