using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/webhooks/{id}/deliveries: what a webhook was told, and what it is still to be told.</summary>
public static class WebhookDeliveryResource
{
    private const string Kind = "webhook";

    public static void MapWebhookDeliveries(this IEndpointRouteBuilder routes)
    {
        var deliveries = routes.MapGroup("/v1/webhooks/{id}/deliveries").WithTags("Webhooks")
            .RequireAuthorization(GatewayRoles.Registrar);
        deliveries.MapGet("", List)
            .TakesParameters("state", "type")
            .Audited("webhook.read", Kind)
            .WithSummary("List what a webhook was told, or is still to be told, newest first")
            .WithDescription(
                "Parameters: state (waiting, delivered, failed), type, pageSize and after. Deliveries are kept for as "
                + "long as WebhookRetention says.")
            .GivesProblems(400, 401, 403, 404);
        deliveries.MapGet("/{message}", (string id, string message, WebhookDeliveries all) =>
            TypedResults.Ok(Tell(all.Find(id, message) ?? throw NotThere())))
            .Audited("webhook.read", Kind)
            .WithSummary("Read a delivery")
            .GivesProblems(401, 403, 404);
        deliveries.MapPost("/{message}/attempts", RepeatAsync)
            .Audited("webhook.repeat", Kind)
            .WithSummary("Send a message once more, whatever became of it")
            .WithDescription("It has the same identifier: whoever took it before can tell.")
            .GivesProblems(401, 403, 404, 409);
        deliveries.MapPost("/attempts", RepeatFailedAsync)
            .Audited("webhook.repeat", Kind)
            .WithSummary("Send once more all that failed since a moment")
            .TakesJson(new WantedRepetition { Since = new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero) })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
    }

    /// <summary>Finds a webhook that is told.</summary>
    /// <exception cref="ProblemException">There is none, or it is disabled.</exception>
    internal static Webhook RequireActive(WebhookStore store, string id)
    {
        var webhook = WebhookResource.Require(store, id);
        return webhook.State == WebhookState.Active ? webhook : throw new ProblemException(
            ProblemKind.Conflict, $"The webhook is disabled: POST /v1/webhooks/{id}/activation first.");
    }

    internal static DeliveryAnswer Tell(WebhookDelivery delivery)
    {
        using var payload = JsonDocument.Parse(delivery.Payload);
        return new DeliveryAnswer
        {
            Id = delivery.Message,
            Type = delivery.Type,
            State = delivery.State,
            CreatedAt = delivery.CreatedAt,
            Attempts = delivery.Attempts,
            TriedAt = delivery.TriedAt,
            DueAt = delivery.State == DeliveryState.Waiting ? delivery.DueAt : null,
            Status = delivery.Status,
            Fault = delivery.Fault,
            Payload = payload.RootElement.Clone(),
        };
    }

    private static Ok<Page<DeliveryAnswer>> List(
        string id, HttpContext context, WebhookStore store, WebhookDeliveries deliveries)
    {
        WebhookResource.Require(store, id);
        var page = PageRequest.Of(context.Request);
        var filter = new DeliveryFilter(
            id, OneOf(context.Request, "state", DeliveryState.All),
            OneOf(context.Request, "type", [.. WebhookTypes.All, WebhookTypes.Test]));
        var found = deliveries.List(filter, ReadAfter(page.After), page.Size + 1);
        var taken = page.Take(found, NameOf);
        return TypedResults.Ok(new Page<DeliveryAnswer>([.. taken.Items.Select(Tell)], taken.Next));
    }

    private static async Task<Accepted<DeliveryAnswer>> RepeatAsync(
        string id, string message, WebhookStore store, WebhookDeliveries deliveries, WebhookBell bell,
        TimeProvider time)
    {
        RequireActive(store, id);
        if (!await deliveries.RepeatAsync(id, message, time.GetUtcNow()))
            throw NotThere();
        bell.Ring();
        return TypedResults.Accepted(
            $"/v1/webhooks/{id}/deliveries/{message}", Tell(deliveries.Find(id, message) ?? throw NotThere()));
    }

    private static async Task<Ok<Repetition>> RepeatFailedAsync(
        string id, HttpRequest request, WebhookStore store, WebhookDeliveries deliveries, WebhookBell bell,
        TimeProvider time)
    {
        var wanted = await RequestBody.ReadAsync<WantedRepetition>(request);
        RequireActive(store, id);
        int count = await deliveries.RepeatFailedAsync(id, wanted.Since, time.GetUtcNow());
        bell.Ring();
        return TypedResults.Ok(new Repetition(count));
    }

    private static string? OneOf(HttpRequest request, string name, IReadOnlyList<string> values)
    {
        string text = request.Query[name].ToString();
        return text.Length == 0 ? null : values.Contains(text, StringComparer.Ordinal) ? text
            : throw ProblemException.Invalid(name, $"must be one of {string.Join(", ", values)}.");
    }

    private static string NameOf(WebhookDelivery delivery) => string.Create(
        CultureInfo.InvariantCulture, $"{delivery.CreatedAt.ToUnixTimeMilliseconds()}.{delivery.Message}");

    private static (DateTimeOffset, string)? ReadAfter(string? after)
    {
        if (after is null) return null;
        int dot = after.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(after.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            && at <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(at), after[(dot + 1)..])
            : throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
    }

    private static ProblemException NotThere() =>
        new(ProblemKind.NotFound, "The webhook has no such delivery, or it is not kept any more.");

    /// <summary>What is to be sent once more.</summary>
    public sealed record WantedRepetition
    {
        /// <summary>Since when it was put into the queue.</summary>
        public required DateTimeOffset Since { get; init; }
    }

    /// <summary>What is sent once more.</summary>
    /// <param name="Count">How many messages.</param>
    public sealed record Repetition(int Count);

    /// <summary>What a webhook was told, or is still to be told.</summary>
    public sealed record DeliveryAnswer
    {
        /// <summary>The message's identifier, the header <c>webhook-id</c>.</summary>
        public required string Id { get; init; }

        /// <summary>Its type.</summary>
        public required string Type { get; init; }

        /// <summary><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</summary>
        public required string State { get; init; }

        /// <summary>When it was put into the queue.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>How often it was tried.</summary>
        public required int Attempts { get; init; }

        /// <summary>When it was tried last.</summary>
        public DateTimeOffset? TriedAt { get; init; }

        /// <summary>When it is tried next.</summary>
        public DateTimeOffset? DueAt { get; init; }

        /// <summary>The HTTP status that was answered last.</summary>
        public int? Status { get; init; }

        /// <summary>Why the last attempt failed, as a webhook's fault says it.</summary>
        public string? Fault { get; init; }

        /// <summary>What is sent.</summary>
        public required JsonElement Payload { get; init; }
    }
}
