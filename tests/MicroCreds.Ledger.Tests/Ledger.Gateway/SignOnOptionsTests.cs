using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class SignOnOptionsTests
{
    [Fact]
    public void Faults_AreNamedAllAtOnce()
    {
        var faults = FaultsOf(
            ("OidcAuthority", "http://idp.aurora.example"), ("OidcClientId", "one"), ("OidcAudience", "one"),
            ("OidcClientSecretFile", "/no/such/file"), ("OidcScopes", "profile"), ("SessionIdle", "00:00:00"),
            ("OidcRoles", "king=roles:x; issuer=roles; =a:b; registrar=\"a:b"), ("OidcTypo", "x"));
        string[] expected =
        [
            "OidcAuthority is \"http://idp.aurora.example\"", "OidcAudience is the OidcClientId", "/no/such/file",
            "OidcScopes lacks openid", "SessionIdle is nothing", "role \"king\"", "\"issuer=roles\"", "\"=a:b\"",
            "\"registrar=\"a:b\"", "OidcTypo is not a setting", "PublicUrl is missing",
        ];
        foreach (string part in expected)
            Assert.Contains(faults, fault => fault.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_OfHalfAConfiguration_SayWhatIsMissing()
    {
        var faults = FaultsOf(("OidcAuthority", "https://idp.aurora.example"));
        Assert.Contains(faults, fault => fault.StartsWith("OidcClientId is missing", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("OidcRoles is missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("issuer=roles:a", """{"roles":"a"}""", "issuer")]
    [InlineData("issuer=roles:a", """{"roles":"A"}""", "")]
    [InlineData("issuer=roles:a b", """{"roles":["x","a b"]}""", "issuer")]
    [InlineData("issuer=a.b:x", """{"a":{"b":["x"]}}""", "issuer")]
    [InlineData("issuer=a.b.c:x", """{"a.b":{"c":"x"}}""", "issuer")]
    [InlineData("issuer=a.b:x", """{"a":{"b":{"x":true}}}""", "")]
    [InlineData("reader=\"https://x.example/roles\":y", """{"https://x.example/roles":["y"]}""", "reader")]
    [InlineData("auditor=e:urn:mace:x:y=z", """{"e":["urn:mace:x:y=z"]}""", "auditor")]
    [InlineData("reader=r:a\nissuer=r:b;reader=r:c", """{"r":["a","b","c","d"]}""", "reader,issuer")]
    [InlineData("reader=r:a", """{"r":[["a"],{"a":1},1,null]}""", "")]
    [InlineData("reader=r:a", """["a"]""", "")]
    public void Rules_GiveTheirRoles(string rules, string claims, string roles)
    {
        var faults = new List<string>();
        var read = RoleRule.Read(rules, faults);
        Assert.Empty(faults);
        using var document = JsonDocument.Parse(claims);
        Assert.Equal(roles, string.Join(',', RoleRule.RolesOf(read, RoleRule.FactsOf(read, document.RootElement))));
    }

    [Fact]
    public void Facts_HoldNothingThatNoRuleLooksAt()
    {
        var rules = RoleRule.Read("reader=r:a", []);
        using var document = JsonDocument.Parse("""{"r":["a","private"],"name":"Ada","email":"ada@x.example"}""");
        Assert.Equal("""{"r":["a"]}""", JsonSerializer.Serialize(RoleRule.FactsOf(rules, document.RootElement)));
    }

    private static IReadOnlyList<string> FaultsOf(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(
            setting => KeyValuePair.Create($"{OptionsReader.Section}:{setting.Name}", (string?)setting.Value)));
        return Assert.Throws<OptionsException>(() => OptionsReader.Read(configuration, [])).Faults;
    }
}
