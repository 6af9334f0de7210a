using System.Globalization;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The main part of the page of webhooks.</summary>
/// <param name="text">The language.</param>
/// <param name="deliveries">What they were told, and are still to be told.</param>
/// <param name="state">The state of the deliveries that are shown; none is any.</param>
internal sealed class WebhooksView(PageText text, WebhookDeliveries deliveries, string? state)
{
    private const int MaxShown = 25;

    /// <summary>Says what was done.</summary>
    public static Html Notice(string said) => $"""
        <section id="result" class="valid" tabindex="-1" role="status">
        <div id="verdict"><p class="sign" aria-hidden="true">✓</p>
        <div><p id="verdict-text">{said}</p></div></div>
        </section>
        """;

    /// <summary>Says why something was not done.</summary>
    public static Html Fault(string said) => $"""
        <section id="result" class="refused" tabindex="-1" role="alert">
        <div id="verdict"><p class="sign" aria-hidden="true">!</p>
        <div><p id="verdict-text">{said}</p></div></div>
        </section>
        """;

    /// <summary>The page for who may see nothing of it.</summary>
    public Html RenderLocked(Html notice) => $"""
        <h1>{text["webhooks.title"]}</h1>
        {notice}
        <p class="lead">{text["webhooks.locked"]}
        <a href="/sign-in?returnUrl=/webhooks">{text["page.signInLink"]}</a></p>
        """;

    public Html Render(IReadOnlyList<Webhook> webhooks, Html notice) => $"""
        <h1>{text["webhooks.title"]}</h1>
        {notice}
        <p class="lead">{text["webhooks.lead"]}</p>
        <nav class="contents" aria-label="{text["webhooks.show"]}"><ul>{Filters()}</ul></nav>
        {(webhooks.Count == 0 ? None() : Html.Join(webhooks.Select(Panel)))}
        """;

    private IEnumerable<Html> Filters()
    {
        yield return Filter(null);
        foreach (string one in DeliveryState.All) yield return Filter(one);
    }

    private Html Filter(string? shown)
    {
        string name = text[$"webhooks.{shown ?? "all"}"];
        if (shown == state) return $"""<li><span aria-current="true">{name}</span></li>""";

        string only = shown is null ? "" : $"&state={shown}";
        return $"""<li><a href="?lang={text.Language}{only}">{name}</a></li>""";
    }

    private Html None() => $"""
        <section class="panel"><p>{text["webhooks.none"]} <code>POST /v1/webhooks</code></p></section>
        """;

    private Html Panel(Webhook webhook)
    {
        bool isActive = webhook.State == WebhookState.Active;
        string title = webhook.Description ?? new Uri(webhook.Url).Host;
        return $"""
            <section class="panel">
            <h2><bdi>{title}</bdi></h2>
            <dl>
            <div><dt>{text["webhooks.url"]}</dt><dd><code>{webhook.Url}</code></dd></div>
            <div><dt>{text["webhooks.types"]}</dt><dd>{TypesOf(webhook)}</dd></div>
            <div><dt>{text["webhooks.state"]}</dt><dd>{StateOf(webhook)}</dd></div>
            </dl>
            <form method="post" action="/webhooks" class="actions">
            {Hidden(webhook)}
            {(isActive ? Button(WebhooksPage.Test) : Html.None)}
            {Button(isActive ? WebhooksPage.Disable : WebhooksPage.Enable)}
            </form>
            {Deliveries(webhook)}
            </section>
            """;
    }

    private string TypesOf(Webhook webhook) => webhook.Types.Count == 0
        ? text["webhooks.all"]
        : string.Join(", ", webhook.Types.Select(NameOfType));

    private Html StateOf(Webhook webhook)
    {
        if (webhook.State == WebhookState.Disabled)
        {
            return $"""
                <strong class="standing off">{text.Fill(
                    $"webhooks.cause.{webhook.Cause}", ("time", text.Time(webhook.ChangedAt)))}</strong>
                {FaultOf(webhook.Fault, status: null)}
                """;
        }

        if (webhook.FailingSince is not { } since)
            return $"""<strong class="standing on">{text["webhooks.active"]}</strong>""";

        return $"""
            <strong class="standing warn">{text.Fill("webhooks.failing", ("time", text.Time(since)))}</strong>
            {FaultOf(webhook.Fault, status: null)}
            """;
    }

    private Html Deliveries(Webhook webhook)
    {
        var found = deliveries.List(new DeliveryFilter(webhook.Id, state), before: null, MaxShown);
        if (found.Count == 0) return $"<p class=\"hint\">{text["webhooks.nothing"]}</p>";

        bool isActive = webhook.State == WebhookState.Active;
        var table = new StackedTable(
            text["webhooks.message"], text["webhooks.when"], text["webhooks.became"], text["webhooks.again"])
        {
            Caption = text["webhooks.deliveries"],
        };
        var rows = found.Select(one => table.Row(
            About(one), Literal(text.Time(one.CreatedAt)), Became(one), isActive ? Again(webhook, one) : Html.None));
        return $"""
            {table.Render(rows)}
            <p class="hint">{text["webhooks.byApi"]} <code>GET /v1/webhooks/{webhook.Id}/deliveries</code></p>
            """;
    }

    private Html About(WebhookDelivery delivery) => $"""
        {NameOfType(delivery.Type)} <span class="hint"><code>{delivery.Message}</code></span>
        """;

    private Html Became(WebhookDelivery delivery)
    {
        string standing = delivery.State switch
        {
            DeliveryState.Delivered => "on",
            DeliveryState.Failed => "off",
            _ => "warn",
        };
        string attempts = text.Fill(
            "webhooks.attempts", ("count", delivery.Attempts.ToString(CultureInfo.InvariantCulture)));
        return $"""
            <strong class="standing {standing}">{text[$"webhooks.{delivery.State}"]}</strong>
            <span class="hint">{attempts} {FaultOf(delivery.Fault, delivery.Status)}</span>
            """;
    }

    private Html Again(Webhook webhook, WebhookDelivery delivery) => $"""
        <form method="post" action="/webhooks" class="actions">
        {Hidden(webhook)}
        <input type="hidden" name="message" value="{delivery.Message}">
        <button class="quiet" name="do" value="{WebhooksPage.Repeat}" aria-label="{text.Fill(
            "webhooks.repeatThis", ("message", delivery.Message))}">{text["webhooks.repeat"]}</button>
        </form>
        """;

    private Html Hidden(Webhook webhook) => $"""
        <input type="hidden" name="lang" value="{text.Language}">
        <input type="hidden" name="webhook" value="{webhook.Id}">
        """;

    private Html Button(string action) => $"""
        <button class="quiet" name="do" value="{action}">{text[$"webhooks.{action}"]}</button>
        """;

    private string FaultOf(string? fault, int? status) => fault is null ? "" : text.Fill(
        $"webhooks.fault.{fault}", ("status", status?.ToString(CultureInfo.InvariantCulture) ?? "")).Trim();

    private string NameOfType(string type) => text.NameOf("webhookType", type);

    private static Html Literal(string said) => $"{said}";
}
