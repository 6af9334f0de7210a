using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a page of the desk cannot read of its address it says, instead of showing another list.</summary>
public sealed class DeskQueryTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/desk/requests", "after", "0")]
    [InlineData("/desk/webhooks", "state", "no-such")]
    [InlineData("/desk/agreements", "show", "no-such")]
    [InlineData("/desk/agreements", "after", "no-such")]
    [InlineData("/desk/ballots", "after", "-1")]
    [InlineData("/desk/accreditations", "after", "soon")]
    [InlineData("/desk/audit", "after", "-1")]
    [InlineData("/desk/audit", "from", "yesterday")]
    [InlineData("/desk/audit", "until", "-1")]
    [InlineData("/desk/find", "from", "-1")]
    [InlineData("/desk/find", "after", "no-such")]
    [InlineData("/desk/find", "state", "no-such")]
    [InlineData("/desk/issue", "achievement", "no-such")]
    [InlineData("/desk/many/template", "achievement", "no-such")]
    public async Task Value_ThatCannotBeRead_IsSaidOnThePage(string page, string name, string value)
    {
        using var answer = await gateways.Issuer.Registrar.GetAsync($"{page}?{name}={value}", Cancellation);
        string said = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{page}: {answer.StatusCode}");
        Assert.Contains($">{name}: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_IsHeadedInTheReadersLanguage()
    {
        using var answer = await gateways.Issuer.Registrar.GetAsync("/desk/find?state=x&lang=de", Cancellation);
        Assert.Contains(
            "Etwas an der Anfrage geht so nicht.", await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditLog_IsShownFromAndUntilWhatWasAskedFor_AndNothingElse()
    {
        string all = await gateways.Issuer.Registrar.GetStringAsync("/desk/audit?from=2000-01-01", Cancellation);
        Assert.Contains("institution.propose", all, StringComparison.Ordinal);
        string none = await gateways.Issuer.Registrar.GetStringAsync("/desk/audit?until=2000-01-01", Cancellation);
        Assert.DoesNotContain("institution.propose", none, StringComparison.Ordinal);
        Assert.Contains("value=\"2000-01-01\"", none, StringComparison.Ordinal);
    }
}
