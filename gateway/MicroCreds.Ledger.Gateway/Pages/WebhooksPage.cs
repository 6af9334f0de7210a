using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /webhooks: what webhooks were told and are still to be told, for a registrar who is signed in; with the buttons to
/// try one, to send again, and to have one told or not.
/// </summary>
public static class WebhooksPage
{
    /// <summary>Sends a test.</summary>
    internal const string Test = "test";

    /// <summary>Sends a message again.</summary>
    internal const string Repeat = "repeat";

    /// <summary>Has a webhook told again.</summary>
    internal const string Enable = "enable";

    /// <summary>Has a webhook told no more.</summary>
    internal const string Disable = "disable";

    private const string Address = "/webhooks";
    private const string Kind = "webhook";
    private const int MaxFormBytes = 16 * 1024;

    private static readonly string[] Done = [Test, Repeat, Enable, Disable];

    public static void MapWebhooksPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, ShowAsync).Audited("webhook.read").ExcludeFromDescription();
        routes.MapPost(Address, AnswerAsync).Unaudited("What is done is known once the form is read: noted there.")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes))
            .ExcludeFromDescription();
    }

    private static async Task ShowAsync(
        HttpContext context, PageFrame frame, WebhookStore webhooks, WebhookDeliveries deliveries,
        IAuthorizationService authorization)
    {
        var text = PageText.Of(context.Request);
        string? done = context.Request.Query["done"].LastOrDefault();
        await WriteAsync(
            context, frame, text, webhooks, deliveries, await IsRegistrarAsync(context.User, authorization),
            done is not null && Done.Contains(done) ? WebhooksView.Notice(text[$"webhooks.{done}Done"]) : Html.None);
    }

    private static async Task AnswerAsync(
        HttpContext context, PageFrame frame, WebhookStore webhooks, WebhookDeliveries deliveries, WebhookBell bell,
        IAuthorizationService authorization, AuditTrail trail, TimeProvider time)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        var text = PageText.Of(context.Request, form["lang"].LastOrDefault());
        bool isRegistrar = await IsRegistrarAsync(context.User, authorization);
        string action = form["do"].ToString();
        string id = form[Kind].ToString();
        if (!isRegistrar || !Done.Contains(action) || webhooks.Find(id) is not { } webhook)
        {
            context.Response.StatusCode = isRegistrar
                ? StatusCodes.Status400BadRequest
                : StatusCodes.Status403Forbidden;
            await WriteAsync(
                context, frame, text, webhooks, deliveries, isRegistrar, WebhooksView.Fault(text["webhooks.notDone"]));
            return;
        }

        await trail.NoteAsync(
            context, Caller.Of(context.User)!, $"webhook.{action}", (Kind, id),
            () => DoAsync(action, webhook, form["message"].ToString(), webhooks, deliveries, time.GetUtcNow()));
        bell.Ring();

        // The page that is then asked for shows what became of it; loading it again does nothing again.
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = $"{Address}?done={action}&lang={text.Language}";
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

    private static async Task<bool> IsRegistrarAsync(ClaimsPrincipal user, IAuthorizationService authorization) =>
        (await authorization.AuthorizeAsync(user, resource: null, GatewayRoles.Registrar)).Succeeded;

    private static Task WriteAsync(
        HttpContext context, PageFrame frame, PageText text, WebhookStore webhooks, WebhookDeliveries deliveries,
        bool isRegistrar, Html notice)
    {
        string? state = context.Request.Query["state"].LastOrDefault();
        var view = new WebhooksView(text, deliveries, DeliveryState.All.Contains(state ?? "") ? state : null);
        var main = isRegistrar ? view.Render(webhooks.List(), notice) : view.RenderLocked(notice);
        return frame.WriteAsync(context, new Page(text, text["webhooks.title"], main)
        {
            Footer = text["webhooks.footer"],
            HasScript = false,
        });
    }
}
