using System.Data.Common;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// What operators ask about webhooks. While the database is out of reach, which is told elsewhere, it is what was known
/// before. Thread-safe.
/// </summary>
public sealed class WebhookFigures(WebhookStore webhooks, WebhookDeliveries deliveries, TimeProvider time)
{
    private volatile IReadOnlyList<Webhook> _known = [];
    private volatile WebhookBacklog _backlog = new(0, null);

    /// <summary>How many messages wait.</summary>
    public long Waiting => ReadBacklog().Count;

    /// <summary>How long the oldest of them has waited.</summary>
    public TimeSpan Delay => ReadBacklog().Oldest is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;

    /// <summary>At how many webhooks the last attempt failed.</summary>
    public int Failing => Read().Count(one => one.State == WebhookState.Active && one.FailingSince is not null);

    /// <summary>The webhooks that are told no more though nobody said so.</summary>
    public IReadOnlyList<Webhook> GivenUp =>
        [.. Read().Where(one => one.State == WebhookState.Disabled && one.Cause != WebhookCause.ByHand)];

    private IReadOnlyList<Webhook> Read()
    {
        try
        {
            return _known = webhooks.List();
        }
        catch (Exception exception) when (exception is StoreException or DbException)
        {
            return _known;
        }
    }

    private WebhookBacklog ReadBacklog()
    {
        try
        {
            return _backlog = deliveries.ReadBacklog();
        }
        catch (Exception exception) when (exception is StoreException or DbException)
        {
            return _backlog;
        }
    }
}
