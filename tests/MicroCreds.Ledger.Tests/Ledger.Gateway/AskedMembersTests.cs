using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>All members that the ledger has are asked to sign heads; who is away holds nothing up.</summary>
public sealed class AskedMembersTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GatewayHost Issuer => gateways.Issuer;

    [Fact]
    public async Task Members_SignWhatTheyHave_AndWhatCameSinceIsProvenByWhoIsThere()
    {
        Issuer.More =
        [
            .. Issuer.More, "LogCosigners=members", "LogExchange=01:00:00",
            $"MemberGateways=LindenMSP={gateways.Partner.Anyone.BaseAddress}",
        ];
        await Issuer.RestartAsync();
        byte[] both = await Issuer.IssueAsync("Signed By Both");
        string[] signers = [];
        await Until.TrueAsync(
            async () =>
            {
                await Issuer.Services.GetRequiredService<HeadExchange>().ExchangeAsync(Cancelled);
                signers = await SignersAsync(both);
                return signers.Contains("LindenMSP");
            },
            () => string.Join(", ", signers));

        await gateways.Partner.StopAsync();
        try
        {
            byte[] since = await Issuer.IssueAsync("While One Is Away");
            Assert.Equal(["AuroraMSP"], await SignersAsync(since));
            Assert.Contains("LindenMSP", await SignersAsync(both));
        }
        finally
        {
            await gateways.Partner.StartAsync();
        }
    }

    /// <summary>The members that signed the head of a proof.</summary>
    private async Task<string[]> SignersAsync(byte[] document)
    {
        var credential = CredentialReader.Read(document);
        var anchor = credential.Anchor;
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/v1/log/proofs/{anchor.MspId}/{anchor.Root}/{anchor.Index}");
        HttpResponseMessage answer = null!;
        await Until.TrueAsync(
            async () => (answer = await Issuer.Anyone.GetAsync(path, Cancelled)).IsSuccessStatusCode,
            () => $"{answer}");
        var proof = LogProofFile.Parse(await answer.Content.ReadAsByteArrayAsync(Cancelled), credential);
        return
        [
            .. proof.Head.Signatures.Select(one => one.Name.Split('/')[0])
                .Where(name => name.EndsWith("MSP", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal),
        ];
    }
}
