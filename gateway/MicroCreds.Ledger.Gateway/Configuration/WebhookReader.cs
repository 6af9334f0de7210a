using System.Globalization;
using System.Net;
using MicroCreds.Ledger.Gateway.Webhooks;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads how webhooks are told, all of whose settings begin with <c>Webhook</c>.</summary>
internal static class WebhookReader
{
    private const string Prefix = "Webhook";
    private const string Networks = Prefix + nameof(WebhookOptions.Networks);
    private const string Http = Prefix + nameof(WebhookOptions.Http);
    private const string Timeout = Prefix + nameof(WebhookOptions.Timeout);
    private const string Retries = Prefix + nameof(WebhookOptions.Retries);
    private const string DisableAfter = Prefix + nameof(WebhookOptions.DisableAfter);
    private const string Retention = Prefix + nameof(WebhookOptions.Retention);

    /// <summary>The settings that it knows.</summary>
    public static readonly IReadOnlyList<string> Settings =
        [Networks, Http, Timeout, Retries, DisableAfter, Retention];

    /// <summary>Reads them, and adds a sentence for each fault.</summary>
    public static WebhookOptions Read(IConfigurationSection section, List<string> faults)
    {
        var standard = new WebhookOptions();
        return new WebhookOptions
        {
            Networks = ReadNetworks(section, faults),
            Http = ReadHttp(section, faults),
            Timeout = ReadDuration(section, Timeout, faults) ?? standard.Timeout,
            Retries = ReadRetries(section, faults) ?? standard.Retries,
            DisableAfter = ReadDuration(section, DisableAfter, faults) ?? standard.DisableAfter,
            Retention = ReadDuration(section, Retention, faults) ?? standard.Retention,
        };
    }

    private static List<IPNetwork> ReadNetworks(IConfigurationSection section, List<string> faults)
    {
        var networks = new List<IPNetwork>();
        foreach (string text in Parts(section, Networks))
        {
            if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else
                faults.Add($"{Networks} holds \"{text}\": it must be a network such as 10.20.0.0/16.");
        }

        return networks;
    }

    private static bool ReadHttp(IConfigurationSection section, List<string> faults)
    {
        string text = section[Http] ?? "";
        if (text.Length > 0 && !bool.TryParse(text, out _))
            faults.Add($"{Http} is \"{text}\": it must be true or false.");
        return bool.TryParse(text, out bool isAllowed) && isAllowed;
    }

    private static TimeSpan? ReadDuration(IConfigurationSection section, string name, List<string> faults)
    {
        string text = section[name] ?? "";
        if (text.Length == 0) return null;
        if (TryRead(text) is { } duration) return duration;
        faults.Add($"{name} is \"{text}\": it must be a duration as hh:mm:ss or d.hh:mm:ss, and longer than nothing.");
        return null;
    }

    private static List<TimeSpan>? ReadRetries(IConfigurationSection section, List<string> faults)
    {
        string[] parts = Parts(section, Retries);
        if (parts.Length == 0) return null;

        var pauses = new List<TimeSpan>();
        foreach (string text in parts)
        {
            if (TryRead(text) is { } pause)
                pauses.Add(pause);
            else
                faults.Add($"{Retries} holds \"{text}\": it must be durations such as 00:00:05,00:05:00,02:00:00.");
        }

        return pauses;
    }

    private static TimeSpan? TryRead(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero
            ? duration
            : null;

    private static string[] Parts(IConfigurationSection section, string name) => (section[name] ?? "").Split(
        ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
