using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Who the issuer is, and whether others say so too.</summary>
public sealed class IssuerCardTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public void Card_TellsWhatNoOtherInstitutionHas()
    {
        string card = CardOf(_issuer.Institution);
        foreach (string said in (string[])["AuroraMSP", "did:web:aurora.example", "Finland", "https://www.aurora"])
            Assert.Contains(said, card, StringComparison.Ordinal);
    }

    [Fact]
    public void Card_SaysWhetherTheMembersConfirmedWhoItIs()
    {
        Assert.Contains("members on 1 March 2026</span>", CardOf(_issuer.Institution), StringComparison.Ordinal);
        string unconfirmed = CardOf(_issuer.Institution with { Identities = [] });
        Assert.Contains("standing warn", unconfirmed, StringComparison.Ordinal);
        Assert.Contains("Not confirmed", unconfirmed, StringComparison.Ordinal);
    }

    [Fact]
    public void Card_NamesFormerNames_AndThatTheLastOneWasGivenUp()
    {
        var last = _issuer.Institution.Identities[0];
        string card = CardOf(_issuer.Institution with
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

    private static string CardOf(Institution institution) =>
        new IssuerCard(PageText.In("en"), institution, "key-1", isClaim: false).Render().ToString();
}
