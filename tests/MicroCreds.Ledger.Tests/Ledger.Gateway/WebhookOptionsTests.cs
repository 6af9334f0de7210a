using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Webhooks;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class WebhookOptionsTests
{
    [Fact]
    public void Faults_AreNamedAllAtOnce()
    {
        var faults = FaultsOf(
            ("WebhookNetworks", "10.0.0.0/8, everywhere"), ("WebhookHttp", "perhaps"), ("WebhookTimeout", "0"),
            ("WebhookRetries", "00:00:05,soon"), ("WebhookDisableAfter", "-1"), ("WebhookRetention", "long"),
            ("WebhookTypo", "x"));
        string[] expected =
        [
            "\"everywhere\": it must be a network", "WebhookHttp is \"perhaps\"", "WebhookTimeout is \"0\"",
            "WebhookRetries holds \"soon\"", "WebhookDisableAfter is \"-1\"", "WebhookRetention is \"long\"",
            "WebhookTypo is not a setting",
        ];
        foreach (string part in expected)
            Assert.Single(faults, fault => fault.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Pauses_Grow_OverDays_AndAWebhookIsGivenUpBeforeTheyEnd()
    {
        var standard = new WebhookOptions();
        Assert.Equal(standard.Retries.Order(), standard.Retries);
        Assert.True(standard.Retries.Distinct().Count() == standard.Retries.Count);
        var all = standard.Retries.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause);
        Assert.InRange(all, TimeSpan.FromHours(75), TimeSpan.FromHours(77));
        Assert.True(standard.DisableAfter < all);
        Assert.True(standard.Retention > all);
    }

    private static IReadOnlyList<string> FaultsOf(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (name, value) in settings)
            configuration[$"{OptionsReader.Section}:{name}"] = value;
        return Assert.Throws<OptionsException>(() => OptionsReader.Read(configuration, [])).Faults;
    }
}
