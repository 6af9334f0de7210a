using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// /desk/webhooks: what webhooks were told and are still to be told; with the buttons to try one, to send again, and to
/// have one told or not.
/// </summary>
internal static class WebhookDesk
{
    /// <summary>Sends a test.</summary>
    internal const string Test = "test";

    /// <summary>Sends a message again.</summary>
    internal const string Repeat = "repeat";

    /// <summary>Has a webhook told again.</summary>
    internal const string Enable = "enable";

    /// <summary>Has a webhook told no more.</summary>
    internal const string Disable = "disable";

    /// <summary>Where it is.</summary>
    public const string Address = DeskAnswers.Address + "/webhooks";

    private const string Kind = "webhook";
    private const int MaxFormBytes = 16 * 1024;

    private static readonly string[] Done = [Test, Repeat, Enable, Disable];

    public static void MapWebhooks(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/webhooks", Show).Audited("webhook.read").RequireAuthorization(GatewayRoles.Registrar);
        desk.MapPost("/webhooks", AnswerAsync)
            .Unaudited("What is done is known once the form is read: noted there.")
            .RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static IResult Show(HttpContext context, WebhookStore webhooks, WebhookDeliveries deliveries)
    {
        string? state = DeskQuery.WordOf(context, "state", DeliveryState.All);
        string? done = context.Request.Query["done"].LastOrDefault();
        return DeskAnswers.Page<Webhooks>(
            context, Visit.Of(context), (nameof(Webhooks.State), state),
            (nameof(Webhooks.All), webhooks.List()
                .Select(one => new ShownWebhook(one, deliveries.List(
                    new DeliveryFilter(one.Id, state), before: null, ShownWebhook.MaxDeliveries))).ToList()),
            (nameof(Webhooks.Done), done is not null && Done.Contains(done) ? done : null));
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context, WebhookStore webhooks, WebhookDeliveries deliveries, WebhookBell bell, AuditTrail trail,
        TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        string action = form["do"].ToString();
        string id = form[Kind].ToString();
        if (!Done.Contains(action) || webhooks.Find(id) is not { } webhook)
        {
            throw ProblemException.Invalid(
                "/do", "must be one of the page's own buttons, for a webhook that is still there. Nothing was done.");
        }

        await trail.NoteAsync(
            context, Caller.Require(context.User), $"webhook.{action}", (Kind, id),
            () => DoAsync(action, webhook, form["message"].ToString(), webhooks, deliveries, time.GetUtcNow()));
        bell.Ring();
        return DeskAnswers.Lead(context, $"{Address}?done={action}");
    }

    private static async Task DoAsync(
        string action, Webhook webhook, string message, WebhookStore webhooks, WebhookDeliveries deliveries,
        DateTimeOffset now)
    {
        switch (action)
        {
            case Enable:
                await webhooks.ActivateAsync(webhook.Id, now, from: null);
                break;
            case Disable:
                await webhooks.DisableAsync(webhook.Id, WebhookCause.ByHand, now);
                break;
            case Repeat when await deliveries.RepeatAsync(webhook.Id, message, now):
                break;
            case Test:
                await deliveries.AddAsync(webhook.Id, WebhookMessages.OfTest(webhook.Id, now), now);
                break;
            default:
                throw new ProblemException(ProblemKind.NotFound, "The webhook has no such delivery any more.");
        }
    }
}

/// <summary>A webhook and the latest of what it was told.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Deliveries">The deliveries, the newest first.</param>
public sealed record ShownWebhook(Webhook Webhook, IReadOnlyList<WebhookDelivery> Deliveries)
{
    /// <summary>The most deliveries that are shown.</summary>
    public const int MaxDeliveries = 25;

    /// <summary>Whether it is told.</summary>
    public bool IsActive => Webhook.State == WebhookState.Active;
}
