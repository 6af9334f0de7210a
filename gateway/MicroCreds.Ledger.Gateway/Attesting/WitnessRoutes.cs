using System.Text;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Log.Witnessing;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// What logs ask a witness by C2SP's tlog-witness: its own protocol, with its own answers, which our OpenAPI does not
/// describe.
/// </summary>
internal static class WitnessRoutes
{
    public static void MapWitness(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(LogResource.Prefix + "add-checkpoint", AddAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers logs that the settings name, and keeps their heads alone.")
            .ExcludeFromDescription();
        routes.MapGet(LogResource.Prefix + "{originHash}/checkpoint", (string originHash, LogWitness witness) =>
                witness.Find(originHash) is { } note
                    ? Results.Text(note, "text/plain", Encoding.UTF8)
                    : Results.Text(
                        "This gateway has cosigned no head of that log.\n", "text/plain", Encoding.UTF8,
                        StatusCodes.Status404NotFound))
            .ReadableFromAnywhere()
            .ExcludeFromDescription();
    }

    private static async Task AddAsync(HttpContext context, LogWitness witness)
    {
        byte[] body = await RequestBody.ReadBytesAsync(context.Request, WitnessRequest.MaxBytes);
        var answer = await witness.AnswerAsync(body, context.RequestAborted);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.MediaType;
        context.Response.Headers.CacheControl = "no-store";
        string line = answer.Body.EndsWith('\n') ? answer.Body : answer.Body + "\n";
        await context.Response.WriteAsync(line, context.RequestAborted);
    }
}
