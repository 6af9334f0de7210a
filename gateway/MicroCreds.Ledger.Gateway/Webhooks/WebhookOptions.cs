using System.Net;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>How webhooks are told, and which may be; each setting begins with <c>Webhook</c>.</summary>
public sealed record WebhookOptions
{
    /// <summary>
    /// The networks beside the public Internet that webhooks may lie in, such as <c>10.20.0.0/16</c>; with
    /// <c>127.0.0.0/8</c> this machine itself. Default is none.
    /// </summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Whether a webhook's address may be plain http, which everybody on the way can read. Default is no.
    /// </summary>
    public bool Http { get; init; }

    /// <summary>How long an attempt may take in all. Default is 20 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long it is waited after each attempt that failed; after the last, no more is tried. Default is the schedule
    /// of the Standard Webhooks specification: ten attempts within 76 hours.
    /// </summary>
    public IReadOnlyList<TimeSpan> Retries { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>How long every attempt fails before a webhook is disabled. Default is 3 days.</summary>
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long deliveries are kept. Default is 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}
