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

    private const string InUse = "1";
    private const string Refused = "2";

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

        // cmi5 8.2.3 has errors be answered as all else is.
        return Results.Json(session is not null
            ? new Dictionary<string, string> { ["auth-token"] = XapiCallers.TokenOf(session, token) }
            : sessions.IsFetched(secret)
            ? Fault(InUse, "The token was fetched before: it is given once. Launch the activity again.")
            : Fault(Refused, "There is no such session, or it is over: launch the activity again."));
    }

    private static Dictionary<string, string> Fault(string code, string text) =>
        new() { ["error-code"] = code, ["error-text"] = text };
}
