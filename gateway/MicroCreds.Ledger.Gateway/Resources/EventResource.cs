using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/events: what happens on the ledger, as it happens.</summary>
public static class EventResource
{
    private const string LastEventId = "Last-Event-ID";
    private const int ReadChunk = 100;

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/events", Stream)
            .WithTags("Events")
            .WithSummary("Follow the ledger")
            .WithDescription(
                "Server-sent events: the name, the transaction and the record written. Starts with what happens next, "
                + "or behind the event that the header Last-Event-ID (or `?after=`) names: no gap, no duplicate. "
                + "`?after=0` starts with the first.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .GivesProblems(400);

    private static ServerSentEventsResult<LedgerHappening> Stream(
        HttpRequest request, LedgerProjection projection, ProjectedRecords records, IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        string? text = request.Headers[LastEventId];
        text = string.IsNullOrEmpty(text) ? request.Query["after"] : text;
        var start = text is null or "" ? (Block: (long)projection.NextBlock, Position: -1) : ReadId(text);
        return TypedResults.ServerSentEvents(
            FollowAsync(start.Block, start.Position, projection, records, lifetime, cancellationToken));
    }

    private static (long Block, int Position) ReadId(string text)
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

        throw ProblemException.Invalid(LastEventId, "must be the id of an event of this stream, block.position, or 0.");
    }

    private static async IAsyncEnumerable<SseItem<LedgerHappening>> FollowAsync(
        long block, int position, LedgerProjection projection, ProjectedRecords records,
        IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, lifetime.ApplicationStopping);
        while (true)
        {
            ulong next = projection.NextBlock;
            var found = records.ListEvents(block, position, ReadChunk);
            foreach (var item in found)
            {
                (block, position) = (item.Block, item.Position);
                yield return new SseItem<LedgerHappening>(Of(item), item.Name) { EventId = $"{block}.{position}" };
            }

            if (found.Count < ReadChunk && !await MovesAsync(projection, next, stop.Token))
                yield break;
        }
    }

    private static async Task<bool> MovesAsync(LedgerProjection projection, ulong next, CancellationToken stop)
    {
        try
        {
            await projection.WaitForAsync(next, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static LedgerHappening Of(ProjectedEvent item) =>
        new(item.Name, item.Block, item.Position, item.TransactionId, item.Time, Read(item.Payload));

    /// <summary>Reads a record as JSON, whether this gateway knows all of it or not; null if it is no JSON.</summary>
    private static JsonElement? Read(byte[] payload)
    {
        try
        {
            using var record = JsonDocument.Parse(payload);
            return record.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
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
