namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// HEAD, which monitors and link checkers send: what is there to GET answers it likewise, and the server leaves out the
/// body (RFC 9110, 9.3.2). It stands before routing, so that no resource has to think of it.
/// </summary>
public static class HeadRequests
{
    public static Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
