using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>What webhooks are signed with, by the Standard Webhooks specification: HMAC-SHA256, marked v1.</summary>
public static class WebhookSecret
{
    /// <summary>What every secret begins with.</summary>
    public const string Prefix = "whsec_";

    private const int SecretBytes = 32;

    /// <summary>Makes a secret.</summary>
    public static string Make() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>
    /// Signs what is sent: by the webhook's secret, and by the one before while both are in force, so that whoever
    /// verifies can change from the one to the other at leisure.
    /// </summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="message">The message's identifier.</param>
    /// <param name="payload">What is sent.</param>
    /// <param name="now">When it is sent.</param>
    /// <returns>The header <c>webhook-signature</c>.</returns>
    public static string Sign(Webhook webhook, string message, string payload, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        string seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = Encoding.UTF8.GetBytes($"{message}.{seconds}.{payload}");
        string signature = Sign(webhook.Secret, signed);
        return webhook.OldSecret is { } old && webhook.OldSecretUntil > now
            ? $"{signature} {Sign(old, signed)}"
            : signature;
    }

    private static string Sign(string secret, byte[] signed) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed));
}
