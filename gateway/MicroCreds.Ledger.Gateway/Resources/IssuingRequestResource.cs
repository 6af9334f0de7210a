using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/issuing-requests: what another person has to approve, or what waits for its day.</summary>
public static class IssuingRequestResource
{
    /// <summary>The kind of subject that the audit log calls a request.</summary>
    public const string Kind = "issuing-request";

    /// <summary>The address.</summary>
    public const string Address = "/v1/issuing-requests";

    /// <summary>The parameters of an address by which something is issued on a day to come.</summary>
    public static readonly string[] DueParameters = ["issueAt", "timeZone"];

    public static void MapIssuingRequests(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup(Address).WithTags("Issuing requests");
        requests.MapGet("", List)
            .TakesParameters("state")
            .Audited("issuing-request.list")
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("List what waits for approval or for its day, and what became of the rest, newest first")
            .WithDescription(
                $"state is one of {string.Join(", ", IssuingRequestState.All)}; without it all are listed. Besides: "
                + "pageSize and after.")
            .GivesProblems(400, 401, 403);
        requests.MapGet("/{id}", (string id, Approvals approvals) =>
                TypedResults.Ok(RequestAnswer.Of(approvals.Require(id))))
            .Audited("issuing-request.read", Kind)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a request")
            .GivesProblems(401, 403, 404);
        requests.MapGet("/{id}/rows", Rows)
            .Audited("issuing-request.read-rows", Kind)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("Read a request's rows, one credential request a line")
            .WithDescription("They are there until it is issued, turned down or withdrawn.")
            .Produces<object>(StatusCodes.Status200OK, BatchResource.Ndjson)
            .GivesProblems(401, 403, 404, 409);
        requests.MapGet("/{id}/check", CheckAsync)
            .Costs(RouteCost.Batch)
            .Audited("issuing-request.check", Kind)
            .RequireAuthorization(GatewayRoles.Reader)
            .WithSummary("See what a request would lead to now, row by row")
            .GivesProblems(401, 403, 404, 409);
        requests.MapPost("/{id}/approval", ApproveAsync)
            .Audited("issuing-request.approve", Kind)
            .RequireAuthorization(GatewayRoles.Approver)
            .WithSummary("Approve what another has asked for; it is issued then, or on its day")
            .GivesProblems(401, 403, 404, 409);
        requests.MapPost("/{id}/refusal", TurnDownAsync)
            .Audited("issuing-request.turn-down", Kind)
            .RequireAuthorization(GatewayRoles.Approver)
            .WithSummary("Turn down what another has asked for, and say why; its rows go")
            .TakesJson(new GivenReason { Reason = "Row 3 has last year's grade." })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
        requests.MapPost("/{id}/withdrawal", WithdrawAsync)
            .Audited("issuing-request.withdraw", Kind)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Take a request back before it is issued; its rows go")
            .GivesProblems(400, 401, 403, 404, 409);
        requests.MapPost("/{id}/retry", RetryAsync)
            .Audited("issuing-request.retry", Kind)
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Have what was approved and could not be issued tried again, once its cause is mended")
            .GivesProblems(400, 401, 403, 404, 409, 422, 503);
    }

    /// <summary>Reads when something is to be issued; nothing if it is now.</summary>
    /// <exception cref="ProblemException">It cannot be read, or is past.</exception>
    public static DueTime? DueOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        string? at = context.Request.Query["issueAt"].LastOrDefault();
        string zone = context.Request.Query["timeZone"].LastOrDefault()
            ?? services.GetRequiredService<Configuration.GatewayServiceOptions>().TimeZone;
        return at is null
            ? null
            : DueTime.Read(at, zone, services.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    private static Ok<Page<RequestAnswer>> List(HttpContext context, IssuingRequests requests)
    {
        var page = PageRequest.Of(context.Request);
        string? state = context.Request.Query["state"].LastOrDefault();
        if (state is not null && !IssuingRequestState.All.Contains(state))
        {
            throw ProblemException.Invalid(
                "state", $"must be one of {string.Join(", ", IssuingRequestState.All)}.");
        }

        var found = requests.List(state is null ? IssuingRequestState.All : [state], page.AfterId, page.Size + 1);
        return TypedResults.Ok(page.Take([.. found.Select(RequestAnswer.Of)], one => one.Id));
    }

    private static FileContentHttpResult Rows(
        string id, HttpContext context, Approvals approvals, IssuingRequests requests)
    {
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Bytes(RequireRows(approvals.Require(id), requests), BatchResource.Ndjson);
    }

    private static async Task<Ok<BatchPreview>> CheckAsync(
        string id, Approvals approvals, IssuingRequests requests, BatchIntake intake) => TypedResults.Ok(
        await intake.PreviewAsync(RequireRows(approvals.Require(id), requests), isList: false));

    private static async Task<Ok<RequestAnswer>> ApproveAsync(string id, HttpContext context, Approvals approvals)
    {
        await approvals.ApproveAsync(id, Caller.Require(context.User));
        return TypedResults.Ok(RequestAnswer.Of(approvals.Require(id)));
    }

    private static async Task<Ok<RequestAnswer>> TurnDownAsync(string id, HttpContext context, Approvals approvals)
    {
        var given = await RequestBody.ReadAsync<GivenReason>(context.Request);
        await approvals.TurnDownAsync(id, Caller.Require(context.User), given.Reason ?? "");
        return TypedResults.Ok(RequestAnswer.Of(approvals.Require(id)));
    }

    private static async Task<Ok<RequestAnswer>> WithdrawAsync(string id, HttpContext context, Approvals approvals)
    {
        await approvals.WithdrawAsync(id, Caller.Require(context.User), reason: null);
        return TypedResults.Ok(RequestAnswer.Of(approvals.Require(id)));
    }

    private static async Task<Ok<RequestAnswer>> RetryAsync(
        string id, Approvals approvals, RequestReleasing releasing)
    {
        await releasing.TryAgainAsync(approvals.Require(id));
        return TypedResults.Ok(RequestAnswer.Of(approvals.Require(id)));
    }

    private static byte[] RequireRows(IssuingRequest request, IssuingRequests requests) =>
        requests.ReadRows(request.Id)
        ?? throw new ProblemException(
            ProblemKind.Conflict, $"The request is {request.State}: its rows are not kept any longer.");

    /// <summary>Why something is turned down.</summary>
    public sealed record GivenReason
    {
        /// <summary>In words that help whoever asked: 1 to 500 characters.</summary>
        public required string Reason { get; init; }
    }

    /// <summary>A request and what became of it.</summary>
    public sealed record RequestAnswer
    {
        /// <summary>Names the request.</summary>
        public required string Id { get; init; }

        /// <summary>
        /// <c>waiting</c> for another person's approval, <c>approved</c> and issued when it is due, <c>issued</c>,
        /// <c>turnedDown</c>, <c>withdrawn</c>, or <c>failed</c>: approved, and it could not be issued.
        /// </summary>
        public required string State { get; init; }

        /// <summary>How many credentials it asks for.</summary>
        public required int Size { get; init; }

        /// <summary>Who asked.</summary>
        public required Caller AskedBy { get; init; }

        /// <summary>When it was asked for.</summary>
        public required DateTimeOffset AskedAt { get; init; }

        /// <summary>When it is to be issued, as it was asked for; absent if as soon as it may.</summary>
        public string? IssueAt { get; init; }

        /// <summary>The moment that this is.</summary>
        public DateTimeOffset? DueAt { get; init; }

        /// <summary>The file that the rows stood in.</summary>
        public string? File { get; init; }

        /// <summary>The SHA-256 of that file, in hexadecimal digits.</summary>
        public string? FileHash { get; init; }

        /// <summary>The credential that it takes the place of.</summary>
        public string? Corrects { get; init; }

        /// <summary>Who approved it, turned it down or withdrew it; absent where nobody had to.</summary>
        public Caller? DecidedBy { get; init; }

        /// <summary>When.</summary>
        public DateTimeOffset? DecidedAt { get; init; }

        /// <summary>Why it was turned down or withdrawn.</summary>
        public string? Reason { get; init; }

        /// <summary>Why nothing was issued although it was approved; or why what it corrects stands.</summary>
        public string? Outcome { get; init; }

        /// <summary>The batch that it became.</summary>
        public string? Batch { get; init; }

        internal static RequestAnswer Of(IssuingRequest request) => new()
        {
            Id = request.Id,
            State = request.State,
            Size = request.Size,
            AskedBy = Approvals.CallerOf(request.AskedBy),
            AskedAt = request.AskedAt,
            IssueAt = request.Due,
            DueAt = request.DueAt,
            File = request.Source.File,
            FileHash = request.Source.FileHash is { } hash ? Convert.ToHexStringLower(hash) : null,
            Corrects = request.Corrects is { } id ? $"urn:uuid:{id}" : null,
            DecidedBy = request.DecidedBy is { } by ? Approvals.CallerOf(by) : null,
            DecidedAt = request.DecidedAt,
            Reason = request.Reason,
            Outcome = request.Outcome,
            Batch = request.Kind == IssuanceKind.Batch && request.Issuance is { } batch ? $"/v1/batches/{batch}" : null,
        };
    }
}
