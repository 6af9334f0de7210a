using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a role may not do is not shown at the desk, and is refused; and whose desk it is.</summary>
public sealed class DeskRoleTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("approver", "/desk /desk/find /desk/requests", "/desk/issue /desk/many /desk/audit")]
    [InlineData(
        "reader", "/desk /desk/find /desk/requests /desk/achievements",
        "/desk/issue /desk/many /desk/many/template /desk/achievement-drafts/new /desk/audit")]
    [InlineData("issuer", "/desk /desk/find /desk/issue /desk/many /desk/achievements", "/desk/audit")]
    [InlineData(
        "auditor", "/desk /desk/audit", "/desk/find /desk/requests /desk/issue /desk/many /desk/achievements")]
    [InlineData("registrar", "/desk /desk/find /desk/issue /desk/many /desk/audit", "")]
    public async Task Role_SeesWhatItMayDo_AndIsRefusedTheRest(string role, string may, string mayNot)
    {
        using var client = await ClientAsync(role);
        string overview = await client.GetStringAsync("/desk", Cancellation);
        foreach (string address in may.Split(' '))
        {
            using var answer = await client.GetAsync(address, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{role} {address}: {answer.StatusCode}");
            Assert.Contains($"href=\"{address}\"", overview, StringComparison.Ordinal);
        }

        foreach (string address in mayNot.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            using var answer = await client.GetAsync(address, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{role} {address}: {answer.StatusCode}");
            Assert.DoesNotContain($"\"{address}\"", overview, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credential_ShowsAReader_NothingThatWithdrawsOrErases()
    {
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("Only Read"))["urn:uuid:".Length..];
        using var reader = await ClientAsync("reader");
        string page = await reader.GetStringAsync($"/desk/credentials/{id}", Cancellation);
        Assert.Contains("Only Read", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/revocation", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/erasure", page, StringComparison.Ordinal);
        using var issuer = await ClientAsync("issuer");
        page = await issuer.GetStringAsync($"/desk/credentials/{id}", Cancellation);
        Assert.Contains("/revocation", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/erasure", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_IsSmall_KeepsToItself_AndIsNotKept()
    {
        using var answer = await _gateway.Registrar.GetAsync("/desk/issue?achievement=data-literacy", Cancellation);
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        string sheet = await _gateway.Registrar.GetStringAsync("/desk/desk.css", Cancellation);
        Assert.True(page.Length + sheet.Length < 100 * 1024, $"the page has {page.Length + sheet.Length} bytes");
        Assert.True(answer.Headers.CacheControl!.NoStore);
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#17365d", true)]
    [InlineData("#ffcc00", false)]
    [InlineData("blue", false)]
    public void Brand_ThatWhiteLettersCannotBeReadOn_IsRefused(string colour, bool isTaken)
    {
        var faults = new List<string>();
        var brand = BrandReader.Read(SectionOf(("BrandColour", colour)), faults);
        Assert.Equal(isTaken, faults.Count == 0);
        if (isTaken) Assert.Equal(colour, brand.Colour);
    }

    [Fact]
    public void Brand_WithAFileThatIsNotThere_OrAnAddressThatIsNone_IsRefused()
    {
        var faults = new List<string>();
        BrandReader.Read(SectionOf(("BrandLogoFile", "/no/such.png"), ("BrandImprint", "javascript:alert(1)")), faults);
        Assert.Equal(2, faults.Count);
    }

    private static IConfigurationSection SectionOf(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(one => KeyValuePair.Create("MicroCreds:" + one.Name, (string?)one.Value)))
            .Build().GetSection("MicroCreds");

    private async Task<HttpClient> ClientAsync(string role)
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = $"a {role}", ["roles"] = new JsonArray(role) }));
        return _gateway.With((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!);
    }
}
