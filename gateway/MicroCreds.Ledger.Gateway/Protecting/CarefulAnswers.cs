namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>Puts on every answer what keeps it from being kept or read as what it is not.</summary>
public static class CarefulAnswers
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var answered = (HttpContext)state;
                var headers = answered.Response.Headers;
                if (answered.Response.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
                    headers.XContentTypeOptions = "nosniff";

                // Whatever is told to a login may be a secret: what may be kept all the same says so itself.
                bool isKnown = answered.User.Identity?.IsAuthenticated == true
                    || answered.Request.Headers.Authorization.Count > 0;
                if (headers.CacheControl.Count == 0 && isKnown)
                    headers.CacheControl = "no-store";
                return Task.CompletedTask;
            },
            context);
        return next(context);
    }
}
