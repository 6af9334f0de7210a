using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Whom a gateway asks while somebody verifies, as its settings say.</summary>
public sealed class VerifyingOptionsTests
{
    [Fact]
    public void Members_AreReadWithTheirAddresses()
    {
        var options = Read(
            ("MemberGateways", "AuroraMSP=https://credentials.aurora.example/, LindenMSP=http://10.0.0.7:5101/ledger"));
        Assert.Equal(
            [
                new MemberGateway("AuroraMSP", new Uri("https://credentials.aurora.example")),
                new MemberGateway("LindenMSP", new Uri("http://10.0.0.7:5101/ledger")),
            ],
            options.MemberGateways);
        Assert.True(options.FetchForeignKeys);
        Assert.False(Read(("FetchForeignKeys", "false")).FetchForeignKeys);
    }

    [Theory]
    [InlineData("MemberGateways", "https://credentials.aurora.example")]
    [InlineData("MemberGateways", "AuroraMSP=ftp://aurora.example")]
    [InlineData("MemberGateways", "AuroraMSP=https://user@aurora.example")]
    [InlineData("MemberGateways", "AuroraMSP=https://aurora.example/?q=1")]
    [InlineData("FetchForeignKeys", "perhaps")]
    [InlineData("OperationsListen", "http://127.0.0.1:5101/")]
    [InlineData("DataDirectory", "/proc/none/data")]
    public void Settings_ThatAreWrong_AreNamed(string name, string value)
    {
        var refused = Assert.Throws<OptionsException>(() => Read((name, value)));
        Assert.Single(refused.Faults, fault => fault.StartsWith(name, StringComparison.Ordinal));
    }

    private static GatewayServiceOptions Read(params (string Name, string Value)[] more)
    {
        string folder = Directory.CreateTempSubdirectory("options-").FullName;
        string file = Path.Combine(folder, "file.pem");
        File.WriteAllText(file, "of the test");
        try
        {
            var configuration = new ConfigurationManager();
            configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["MicroCreds:MspId"] = "AuroraMSP",
                ["MicroCreds:PeerEndpoint"] = "127.0.0.1:7051",
                ["MicroCreds:PeerTlsCa"] = file,
                ["MicroCreds:UserCert"] = file,
                ["MicroCreds:UserKey"] = file,
                ["MicroCreds:DataDirectory"] = Path.Combine(folder, "data"),
            });
            configuration.AddInMemoryCollection(more.Select(one =>
                KeyValuePair.Create("MicroCreds:" + one.Name, (string?)one.Value)));
            return OptionsReader.Read(configuration, []);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
