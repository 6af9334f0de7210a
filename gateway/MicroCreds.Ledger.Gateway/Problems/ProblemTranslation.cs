using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.Features;

namespace MicroCreds.Ledger.Gateway.Problems;

/// <summary>The one place where failures become problems.</summary>
public sealed partial class ProblemTranslation(RequestDelegate next, ILogger<ProblemTranslation> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            {
                context.Response.StatusCode = ClientClosedRequest;
                return;
            }

            var problem = Translate(exception);
            if (problem.Kind == ProblemKind.Internal || problem.Kind == ProblemKind.StoreUnavailable
                || problem.Kind == ProblemKind.StoreOutcomeUnknown)
                LogFailure(exception, context.Request.Method, RouteOf(context));
            context.Response.Clear();
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        if (context.Response is { HasStarted: false, ContentLength: null, ContentType: null, StatusCode: >= 400 })
            await WriteBareStatusAsync(context);
    }

    /// <summary>Whether the same would be said again: what another minute may mend is not final.</summary>
    public static bool IsFinal(Exception exception) => exception switch
    {
        ProblemException problem => problem.Kind.Status < StatusCodes.Status500InternalServerError
            && problem.Kind != ProblemKind.NotReady && problem.Kind != ProblemKind.TooManyRequests,
        LedgerRefusedException refused => refused.IsFinal,
        _ => false,
    };

    /// <summary>Finds the problem that a failure is.</summary>
    public static ProblemException Translate(Exception exception) => exception switch
    {
        ProblemException problem => problem,
        StrictJsonException json => ProblemException.NotStrict(json),
        LedgerRefusedException { IsOvertaken: true } overtaken => new(
            ProblemKind.LedgerUnavailable,
            $"{overtaken.Message} Nothing was written: other transactions came first each time, or too few members "
            + "endorse. Send the same request again. If it stays so, GET /v1/consortium/policies tells whether records "
            + "still count on members who left.")
        { RetryAfter = TimeSpan.FromSeconds(5) },
        LedgerRefusedException refused => OfRefusal(refused),
        KeyUnavailableException key => OfKey(key),
        LedgerUnavailableException { InnerException: KeyUnavailableException key } => OfKey(key),
        LedgerUnavailableException => new(
            ProblemKind.LedgerUnavailable,
            "The institution's peer, or enough of the other institutions' peers, cannot be reached. Nothing was kept; "
            + "send the request again later. If it stays so, GET /v1/consortium/policies tells whether records still "
            + "count on members who left.")
        { RetryAfter = TimeSpan.FromSeconds(5) },
        IssuanceWaitsException waits => new(
            ProblemKind.IssuanceWaits,
            $"It is kept, and is issued as soon as the ledger takes it; now it waits: {waits.Message} Send the same "
            + "request again to get it; nothing is done twice.")
        { RetryAfter = TimeSpan.FromSeconds(5) },
        RecordUnreadableException unreadable => new(ProblemKind.RecordUnreadable, unreadable.Message),
        OutcomeUnknownException => new(
            ProblemKind.OutcomeUnknown,
            "The transaction was sent, and its outcome is not known yet. Send the same request again: it finds itself, "
            + "and nothing is done twice.")
        { RetryAfter = TimeSpan.FromSeconds(5) },
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            ProblemKind.TooLarge, "The body is larger than this address takes; the documentation names the limit."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(
            ProblemKind.TooSlow, $"{RequestBody.SlowestBody} Nothing was changed; send the request again."),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(
            ProblemKind.UnsupportedMediaType, "Send Content-Type: application/json."),
        BadHttpRequestException bad => new(ProblemKind.InvalidRequest, $"The request cannot be read: {bad.Message}"),
        OperationCanceledException => new(ProblemKind.LedgerUnavailable, "The call took too long. Send it again "
            + "later."),
        StoreOutcomeUnknownException => new(
            ProblemKind.StoreOutcomeUnknown,
            """
            The connection to the gateway's database was lost while it committed, so that nobody knows yet whether the
            request was kept. Send the same request again: if it was kept, it finds itself.
            """.ReplaceLineEndings(" "))
        { RetryAfter = TimeSpan.FromSeconds(5) },
        _ when StoreUnavailableException.Of(exception) is { IsFull: true } => new(
            ProblemKind.StoreUnavailable,
            """
            The disk of the gateway's database is full. Make room there, and send the same request again: it finds
            itself if it was kept, and the gateway goes on by itself.
            """.ReplaceLineEndings(" "))
        { RetryAfter = TimeSpan.FromSeconds(5) },
        _ when StoreUnavailableException.Of(exception) is not null => new(
            ProblemKind.StoreUnavailable,
            """
            The gateway's database cannot be reached or takes no writes: the gateway's log has the cause. Send the same
            request again once it is back; the gateway connects again by itself.
            """.ReplaceLineEndings(" "))
        { RetryAfter = TimeSpan.FromSeconds(5) },
        _ => new(ProblemKind.Internal, "Something failed inside the gateway; its log has the cause."),
    };

    private static ProblemException OfKey(KeyUnavailableException key) => new(
        ProblemKind.KeyUnavailable,
        $"{key.Message} Send the same request again once the key can be used: what was kept of it finds itself.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    private static ProblemException OfRefusal(LedgerRefusedException refused) => new(
        KindOf(refused.Code), refused.Message,
        refused.Field is { } field ? [new FieldFault(field, refused.Message)] : null);

    private static ProblemKind KindOf(string? code) => code switch
    {
        ErrorCodes.MalformedArgument or ErrorCodes.TooLarge or ErrorCodes.InvalidValue or ErrorCodes.PageInvalid
            or ErrorCodes.AchievementUnknown or ErrorCodes.AchievementRetired or ErrorCodes.ReplacementInvalid
            or ErrorCodes.PathwayUnsatisfiable or ErrorCodes.IndexOutOfRange => ProblemKind.InvalidRequest,
        ErrorCodes.WrongInstitution or ErrorCodes.NotAMember or ErrorCodes.NotAnAccreditor
            or ErrorCodes.NotAParty => ProblemKind.OtherInstitution,
        ErrorCodes.NotFound or ErrorCodes.IssuanceUnknown or ErrorCodes.KeyUnknown or ErrorCodes.PathwayUnknown
            or ErrorCodes.BallotUnknown or ErrorCodes.AccreditationUnknown or ErrorCodes.AgreementUnknown
            or ErrorCodes.IdentityUnknown =>
            ProblemKind.NotFound,
        ErrorCodes.InstitutionUnknown => ProblemKind.NotReady,
        ErrorCodes.AchievementConflict or ErrorCodes.PathwayConflict or ErrorCodes.IssuanceConflict
            or ErrorCodes.KeyConflict or ErrorCodes.CredentialRevoked or ErrorCodes.TransitionNotAllowed
            or ErrorCodes.BallotConflict or ErrorCodes.BallotClosed or ErrorCodes.AlreadyVoted
            or ErrorCodes.AgreementConflict or ErrorCodes.AgreementClosed or ErrorCodes.NoticeTooShort
            or ErrorCodes.DidConflict or ErrorCodes.IdentityConflict or ErrorCodes.DigestMismatch
            or ErrorCodes.SequenceConflict or ErrorCodes.LimitReached or ErrorCodes.KeyRevoked => ProblemKind.Conflict,
        _ => ProblemKind.LedgerRefused,
    };

    private static Task WriteBareStatusAsync(HttpContext context) => context.Response.StatusCode switch
    {
        404 => ProblemResponse.WriteAsync(
            context, ProblemKind.UnknownAddress, "See /openapi/v1.json for what there is."),
        405 => ProblemResponse.WriteAsync(
            context, ProblemKind.MethodNotAllowed, $"It takes {context.Response.Headers.Allow}."),
        413 => ProblemResponse.WriteAsync(context, ProblemKind.TooLarge, "The body is larger than this address takes."),
        415 => ProblemResponse.WriteAsync(
            context, ProblemKind.UnsupportedMediaType, "Send Content-Type: application/json."),
        int status => ProblemResponse.WriteAsync(
            context, ProblemKind.InvalidRequest with { Status = status }, "The request cannot be answered."),
    };

    /// <summary>The route's pattern, never the address itself: that may name a credential.</summary>
    private static string RouteOf(HttpContext context) =>
        (context.Features.Get<IEndpointFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    [LoggerMessage(LogLevel.Error, "{Method} {Route} failed")]
    private partial void LogFailure(Exception exception, string method, string route);
}
