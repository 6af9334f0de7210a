using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Who the issuer is, and whether others say so too.</summary>
public sealed class IssuerCardTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task Card_TellsWhatNoOtherInstitutionHas()
    {
        string card = await CardOfAsync(_issuer.Institution);
        foreach (string said in (string[])["AuroraMSP", "did:web:aurora.example", "Finland", "https://www.aurora"])
            Assert.Contains(said, card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_SaysWhetherTheMembersConfirmedWhoItIs()
    {
        string confirmed = await CardOfAsync(_issuer.Institution);
        Assert.Contains("members on 1 March 2026</span>", confirmed, StringComparison.Ordinal);
        string unconfirmed = await CardOfAsync(_issuer.Institution with { Identities = [] });
        Assert.Contains("standing warn", unconfirmed, StringComparison.Ordinal);
        Assert.Contains("Not confirmed", unconfirmed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_NamesFormerNames_AndThatTheLastOneWasGivenUp()
    {
        var last = _issuer.Institution.Identities[0];
        string card = await CardOfAsync(_issuer.Institution with
        {
            Identities =
            [
                last with { Name = "Aurora College", Until = SampleIssuer.IssuedAt },
                last with { GivenUpAt = SampleIssuer.IssuedAt.AddDays(3) },
            ],
        });
        Assert.Contains("<dd>Aurora College</dd>", card, StringComparison.Ordinal);
        Assert.Contains("given up on 4 March 2026", card, StringComparison.Ordinal);
    }

    private static async Task<string> CardOfAsync(Institution institution)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var card = await renderer.RenderComponentAsync<IssuerCard>(ParameterView.FromDictionary(
                new Dictionary<string, object?>
                {
                    [nameof(IssuerCard.Text)] = PageText.In("en"),
                    [nameof(IssuerCard.Issuer)] = institution,
                    [nameof(IssuerCard.UsedKey)] = "key-1",
                }));
            return card.ToHtmlString();
        });
    }
}
