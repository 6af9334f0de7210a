using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Resources;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// One reader's stream of what happens on the ledger. Its headers go out at once, and a comment line whenever nothing
/// happened for a while: so that the reader, and each balancer between, sees that it lives.
/// </summary>
internal sealed class EventStream(
    HttpResponse response, LedgerProjection projection, ProjectedRecords records, TimeSpan beat, TimeProvider time,
    JsonSerializerOptions json)
{
    private const int ReadChunk = 100;

    private static readonly ReadOnlyMemory<byte> Comment = ":\n\n"u8.ToArray();

    /// <summary>Writes what happens behind a place until the reader goes, or the gateway stops.</summary>
    /// <param name="block">The block.</param>
    /// <param name="position">The position in it.</param>
    /// <param name="stopping">The gateway stops.</param>
    public async Task FollowAsync(long block, int position, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            response.HttpContext.RequestAborted, stopping);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        try
        {
            await BeatAsync(stop.Token);
            while (true)
            {
                ulong next = projection.NextBlock;
                var found = records.ListEvents(block, position, ReadChunk);
                if (found.Count > 0)
                {
                    (block, position) = (found[^1].Block, found[^1].Position);
                    await SseFormatter.WriteAsync(
                        found.Select(Of).ToAsyncEnumerable(), response.Body,
                        (item, buffer) => buffer.Write(JsonSerializer.SerializeToUtf8Bytes(item.Data, json)),
                        stop.Token);
                    await response.Body.FlushAsync(stop.Token);
                }

                if (found.Count < ReadChunk) await WaitAsync(next, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader went, or the gateway stops: the stream ends here.
        }
    }

    private async Task WaitAsync(ulong next, CancellationToken stop)
    {
        while (true)
        {
            using var pause = new CancellationTokenSource(beat, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, pause.Token);
            try
            {
                await projection.WaitForAsync(next, either.Token);
                return;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                await BeatAsync(stop);
            }
        }
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        await response.Body.WriteAsync(Comment, stop);
        await response.Body.FlushAsync(stop);
    }

    private static SseItem<EventResource.LedgerHappening> Of(ProjectedEvent item)
    {
        var happening = new EventResource.LedgerHappening(
            item.Name, item.Block, item.Position, item.TransactionId, item.Time, Read(item.Payload));
        return new(happening, item.Name) { EventId = $"{item.Block}.{item.Position}" };
    }

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
}
