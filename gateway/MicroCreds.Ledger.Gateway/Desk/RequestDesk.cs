using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/requests: the second pair of eyes, and what waits for its day.</summary>
internal static class RequestDesk
{
    private const string Address = DeskAnswers.Address + "/requests";
    private const int ShownRows = 100;
    private const int ShownDone = 25;
    internal const int MaxOpen = 500;

    private static readonly string[] OpenStates =
        [IssuingRequestState.Waiting, IssuingRequestState.Approved, IssuingRequestState.Failed];

    private static readonly string[] DoneStates =
        [IssuingRequestState.Issued, IssuingRequestState.TurnedDown, IssuingRequestState.Withdrawn];

    public static void MapRequests(this IEndpointRouteBuilder desk)
    {
        const string kind = IssuingRequestResource.Kind;
        desk.MapGet("/requests", List)
            .Audited("issuing-request.list").RequireAuthorization(GatewayRoles.Reader);
        desk.MapGet("/requests/{id}", ShowAsync)
            .Costs(RouteCost.Batch)
            .Audited("issuing-request.read", kind).RequireAuthorization(GatewayRoles.Reader);
        desk.MapPost("/requests/{id}/approval", (string id, HttpContext context, Approvals approvals) => DoAsync(
                id, context, "approved", (_, caller) => approvals.ApproveAsync(id, caller)))
            .Audited("issuing-request.approve", kind).RequireAuthorization(GatewayRoles.Approver)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/requests/{id}/refusal", (string id, HttpContext context, Approvals approvals) => DoAsync(
                id, context, "turnedDown",
                (form, caller) => approvals.TurnDownAsync(id, caller, form["reason"].LastOrDefault() ?? "")))
            .Audited("issuing-request.turn-down", kind).RequireAuthorization(GatewayRoles.Approver)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/requests/{id}/withdrawal", (string id, HttpContext context, Approvals approvals) => DoAsync(
                id, context, "withdrawn", (_, caller) => approvals.WithdrawAsync(id, caller, reason: null)))
            .Audited("issuing-request.withdraw", kind).RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/requests/{id}/retry",
                (string id, HttpContext context, Approvals approvals, RequestReleasing releasing) => DoAsync(
                    id, context, "retried", (_, _) => releasing.TryAgainAsync(approvals.Require(id))))
            .Audited("issuing-request.retry", kind).RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static IResult List(HttpContext context, IssuingRequests requests)
    {
        string? after = DeskQuery.PlaceOf(context, "after", id => requests.Find(id) is not null);
        var done = requests.List(DoneStates, after, ShownDone + 1);
        return DeskAnswers.Page<Requests>(
            context, Visit.Of(context),
            (nameof(Requests.Open), requests.List(OpenStates, before: null, MaxOpen)),
            (nameof(Requests.Done), done.Take(ShownDone).ToList()),
            (nameof(Requests.Next), done.Count > ShownDone ? done[ShownDone - 1].Id : null));
    }

    private static async Task<IResult> ShowAsync(
        string id, HttpContext context, Approvals approvals, IssuingRequests requests, BatchIntake intake,
        IssuanceStore issuances, DocumentStore documents)
    {
        var request = approvals.Require(id);
        byte[]? lines = requests.ReadRows(id);
        return DeskAnswers.Page<RequestCard>(
            context, Visit.Of(context), (nameof(RequestCard.Request), request),
            (nameof(RequestCard.Check), lines is null ? null : await intake.PreviewAsync(lines, isList: false)),
            (nameof(RequestCard.Rows), lines is null ? [] : FirstRows(request, lines)),
            (nameof(RequestCard.Became), BecameOf(request, issuances, documents)),
            (nameof(RequestCard.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static List<(int Line, CredentialRequest Row)> FirstRows(IssuingRequest request, byte[] lines) =>
    [
        .. BatchRows.Split(lines).Take(ShownRows).Select((line, i) =>
            (request.Source.LineOf(i + 1), LedgerJson.Deserialize<CredentialRequest>(line.Span))),
    ];

    private static string? BecameOf(IssuingRequest request, IssuanceStore issuances, DocumentStore documents)
    {
        if (request.Issuance is not { } id || issuances.Find(id) is not { } issuance) return null;
        if (issuance.Kind == IssuanceKind.Batch) return $"{DeskAnswers.Address}/batches/{id}";
        return documents.List(issuance.Number, afterRow: 0, count: 1) is [var document, ..]
            ? $"{DeskAnswers.Address}/credentials/{document.Id}" : null;
    }

    private static async Task<IResult> DoAsync(
        string id, HttpContext context, string now, Func<IFormCollection, Caller, Task> work)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        await work(form, Caller.Require(context.User));
        return DeskAnswers.Lead(context, $"{Address}/{id}?now={now}");
    }
}
