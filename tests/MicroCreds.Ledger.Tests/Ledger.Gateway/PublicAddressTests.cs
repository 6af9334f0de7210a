using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The address that a gateway is known by outside.</summary>
public sealed class PublicAddressTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    [Fact]
    public void PublicAddress_NotConfigured_IsWhereTheServiceListens()
    {
        string url = gateways.Issuer.Services.GetRequiredService<PublicAddress>().Url;
        Assert.Equal(gateways.Issuer.Anyone.BaseAddress!.ToString().TrimEnd('/'), url);
        Assert.NotEqual(0, new Uri(url).Port);
    }

    [Fact]
    public void PublicUrl_WithASlashAtItsEnd_LosesIt() =>
        Assert.Equal("https://creds.aurora.example/ledger", Read("https://creds.aurora.example/ledger/").PublicUrl);

    [Theory]
    [InlineData("creds.aurora.example", "absolute http or https")]
    [InlineData("ftp://creds.aurora.example", "absolute http or https")]
    [InlineData("https://creds.aurora.example/?a=b", "no query")]
    [InlineData("https://creds.aurora.example/#a", "no query")]
    [InlineData("https://me:secret@creds.aurora.example", "no login")]
    public void PublicUrl_ThatNothingCanBeAddedTo_IsRefused(string url, string reason)
    {
        var refused = Assert.Throws<OptionsException>(() => Read(url));
        string fault = Assert.Single(refused.Faults, fault => fault.StartsWith("PublicUrl", StringComparison.Ordinal));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    private GatewayServiceOptions Read(string publicUrl)
    {
        var (certificate, key) = gateways.Issuer.Member.FilesOf("User1");
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MicroCreds:MspId"] = "AuroraMSP",
            ["MicroCreds:PeerEndpoint"] = "127.0.0.1:7051",
            ["MicroCreds:PeerTlsCa"] = gateways.Issuer.Member.PeerTlsCaFile,
            ["MicroCreds:UserCert"] = certificate,
            ["MicroCreds:UserKey"] = key,
            ["MicroCreds:DataDirectory"] = gateways.Issuer.DataDirectory,
            ["MicroCreds:PublicUrl"] = publicUrl,
        });
        return OptionsReader.Read(configuration, []);
    }
}
