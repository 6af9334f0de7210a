using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Protecting;

/// <summary>Refuses compressed bodies: a small one could unfold to more than any limit.</summary>
public static class PlainBodies
{
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        string coding = context.Request.Headers.ContentEncoding.ToString();
        if (coding is "" || coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return next(context);
        context.Response.Headers.AcceptEncoding = "identity";
        throw new ProblemException(
            ProblemKind.UnsupportedMediaType,
            "Compressed bodies are not taken: send the body as it is, without Content-Encoding. Nothing was changed.");
    }
}
