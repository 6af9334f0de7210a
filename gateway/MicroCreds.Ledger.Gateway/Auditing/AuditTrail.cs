using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// Notes what known callers do, around each address that says so. The attempt is durable before anything is done, so
/// that nothing is acknowledged of which the log does not know, and what cannot be noted is refused. The outcome is put
/// before the answer into the same queue, and not waited for. Thread-safe.
/// </summary>
public sealed partial class AuditTrail(AuditLog log, AuditSubject subjects, ILogger<AuditTrail> logger)
{
    /// <summary>Stands between authentication and authorization: also what is refused is noted.</summary>
    public static Task NoteAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>() is { } action
            && Caller.Of(context.User) is { } caller
            ? context.RequestServices.GetRequiredService<AuditTrail>().RunAsync(context, caller, action, next)
            : next(context);

    /// <summary>Does what a caller asks for, between two entries.</summary>
    public Task NoteAsync(
        HttpContext context, Caller caller, string action, (string Kind, string Name) subject, Func<Task> work) =>
        NoteAsync(OriginOf(context), caller, action, subject, work);

    /// <summary>Does what is done without a request of that moment, between two entries.</summary>
    public async Task NoteAsync(
        string? origin, Caller caller, string action, (string Kind, string Name) subject, Func<Task> work)
    {
        var draft = new AuditDraft(
            AuditPhase.Attempt, caller, action, AuditSubject.Of(subject.Kind, subject.Name), origin);
        long attempt = await BeginAsync(draft);
        try
        {
            await work();
            End(draft, attempt, StatusCodes.Status200OK, problem: null);
        }
        catch (Exception exception)
        {
            var problem = ProblemTranslation.Translate(exception);
            End(draft, attempt, problem.Kind.Status, problem.Kind.Name);
            throw;
        }
    }

    /// <summary>Where a request came from: what the connection says, and not what a header does.</summary>
    public static string? OriginOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private async Task RunAsync(HttpContext context, Caller caller, AuditedAction action, RequestDelegate next)
    {
        var draft = new AuditDraft(
            AuditPhase.Attempt, caller, action.Code, subjects.Of(action, context.Request.RouteValues),
            OriginOf(context));
        long attempt = await BeginAsync(draft);
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            bool isGone = exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested;
            var problem = ProblemTranslation.Translate(exception);
            End(draft, attempt, isGone ? null : problem.Kind.Status, isGone ? "client-gone" : problem.Kind.Name);
            throw;
        }

        End(draft with { Subject = MadeBy(action, context, attempt) ?? draft.Subject }, attempt,
            context.Response.StatusCode, ProblemResponse.KindOf(context));
    }

    // The answer is on its way already, and what is asked for here must not break it off.
    private string? MadeBy(AuditedAction action, HttpContext context, long attempt)
    {
        try
        {
            return subjects.OfLocation(action, context.Response.Headers.Location.ToString());
        }
        catch (Exception exception)
        {
            LogUnnamed(exception, attempt);
            return null;
        }
    }

    private async Task<long> BeginAsync(AuditDraft draft)
    {
        try
        {
            return await log.WriteAsync(draft);
        }
        catch (StoreOutcomeUnknownException exception)
        {
            // Whether the attempt was noted matters to nobody, since nothing was attempted.
            throw new StoreUnavailableException(exception.Message, exception);
        }
        catch (Exception exception) when (StoreUnavailableException.Of(exception) is null)
        {
            LogRefused(exception, draft.Action);
            throw new ProblemException(
                ProblemKind.NotAudited,
                """
                The audit log cannot be written, and nothing is done here that it does not know of. Nothing was changed.
                The gateway's log has the cause.
                """.ReplaceLineEndings(" "))
            { RetryAfter = TimeSpan.FromSeconds(5) };
        }
    }

    private void End(AuditDraft draft, long attempt, int? status, string? problem) =>
        _ = WriteOutcomeAsync(draft with
        {
            Phase = AuditPhase.Outcome,
            Attempt = attempt,
            Status = status,
            Problem = problem,
        });

    private async Task WriteOutcomeAsync(AuditDraft draft)
    {
        try
        {
            await log.WriteAsync(draft);
        }
        catch (Exception exception)
        {
            LogLost(exception, draft.Attempt!.Value);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Action} was refused: the audit log cannot be written")]
    private partial void LogRefused(Exception exception, string action);

    [LoggerMessage(LogLevel.Warning, "What attempt {Attempt} made could not be named in the audit log")]
    private partial void LogUnnamed(Exception exception, long attempt);

    [LoggerMessage(LogLevel.Error, "The outcome of attempt {Attempt} could not be written into the audit log")]
    private partial void LogLost(Exception exception, long attempt);
}
