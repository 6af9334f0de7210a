using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>/xapi/fetch/{secret}: where a simulator that was launched fetches its token, once (cmi5, 8.2).</summary>
internal static class FetchResource
{
    /// <summary>Where it is, before the secret.</summary>
    public const string Address = XapiAnswers.Address + "/fetch/";

    public static void MapFetching(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Address + "{secret}", FetchAsync)
            .Unaudited(StatementResource.Theirs).OpenToSimulators().ExcludeFromDescription().TakesParameters();

    private static async Task<IResult> FetchAsync(
        string secret, HttpContext context, PracticeSessions sessions, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        var now = time.GetUtcNow();
        string token = LearnerSecret.Draw();
        var session = await sessions.FetchAsync(secret, token, now, now - SessionRule.Lifetime);
        return session is null
            ? Results.Json(
                new Dictionary<string, string>
                {
                    ["error-code"] = "1",
                    ["error-text"] = "The token was fetched before, or the session is over: launch the activity again.",
                },
                statusCode: StatusCodes.Status403Forbidden)
            : Results.Json(new Dictionary<string, string> { ["auth-token"] = XapiCallers.TokenOf(session, token) });
    }
}
