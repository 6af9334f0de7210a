using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>What endpoints say about themselves for the OpenAPI document.</summary>
public static class EndpointDescriptions
{
    /// <summary>Says that a JSON body is taken, with an example.</summary>
    public static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder endpoint, T example)
        where T : notnull =>
        endpoint.Accepts<T>("application/json").WithMetadata(RequestExample.Of("application/json", example));

    /// <summary>Says what problems there may be that few operations give, or none but this one.</summary>
    public static RouteHandlerBuilder MayGive(this RouteHandlerBuilder endpoint, params ProblemKind[] kinds) =>
        endpoint.WithMetadata(new GivesKinds(kinds));

    /// <summary>Says that a request sent again is known by its <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new TakesKey(), new GivesKinds([ProblemKind.KeyReused]));

    /// <summary>Says what problems there may be.</summary>
    public static RouteHandlerBuilder GivesProblems(
        this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses)
            endpoint.Produces<ProblemDetails>(status, ProblemResponse.MediaType);
        return endpoint;
    }
}

/// <summary>An example of a request's body.</summary>
/// <param name="MediaType">The body's media type.</param>
/// <param name="Body">The body.</param>
public sealed record RequestExample(string MediaType, JsonNode Body)
{
    /// <summary>Makes an example of a record.</summary>
    public static RequestExample Of<T>(string mediaType, T body) =>
        new(mediaType, JsonSerializer.SerializeToNode(body, LedgerJson.Options)!);
}
