using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Publishing;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/events: what happens on the ledger, as it happens.</summary>
public static class EventResource
{
    private const string LastEventId = "Last-Event-ID";
    private const string After = "after";

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/events", StreamAsync)
            .TakesParameters(After)
            .WithTags("Events")
            .WithSummary("Follow the ledger")
            .WithDescription(
                "Server-sent events: the name, the transaction and the record written. Starts with what happens next, "
                + "or behind the event that the header Last-Event-ID (or `?after=`) names: no gap, no duplicate. "
                + "`?after=0` starts with the first. A comment line comes while nothing happens.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .GivesProblems(400);

    private static Task StreamAsync(
        HttpContext context, LedgerProjection projection, ProjectedRecords records, GatewayServiceOptions options,
        TimeProvider time, IOptions<JsonOptions> json, IHostApplicationLifetime lifetime)
    {
        string? text = context.Request.Headers[LastEventId];
        string place = string.IsNullOrEmpty(text) ? After : LastEventId;
        text = string.IsNullOrEmpty(text) ? context.Request.Query[After] : text;
        var start = text is null or "" ? (Block: (long)projection.NextBlock, Position: -1) : ReadId(text, place);
        var stream = new EventStream(
            context.Response, projection, records, options.EventBeat, time, json.Value.SerializerOptions);
        return stream.FollowAsync(start.Block, start.Position, lifetime.ApplicationStopping);
    }

    private static (long Block, int Position) ReadId(string text, string place)
    {
        if (text == "0")
            return (0, -1);
        string[] parts = text.Split('.');
        if (parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long block)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int position))
        {
            return (block, position);
        }

        throw ProblemException.Invalid(place, "must be the id of an event of this stream, block.position, or 0.");
    }

    /// <summary>Something that happened on the ledger.</summary>
    /// <param name="Name">
    /// What: <c>Issued</c>, <c>StatusChanged</c>, <c>InstitutionChanged</c>, <c>AchievementPublished</c>,
    /// <c>AchievementRetired</c>, <c>PathwayPublished</c> or <c>PathwayRetired</c>.
    /// </param>
    /// <param name="Block">The block.</param>
    /// <param name="Position">The transaction's position in it.</param>
    /// <param name="TransactionId">The transaction.</param>
    /// <param name="Time">The transaction's own time.</param>
    /// <param name="Record">The record as it was written; null if that is no JSON.</param>
    public sealed record LedgerHappening(
        string Name, long Block, int Position, string TransactionId, DateTimeOffset Time, JsonElement? Record);
}
