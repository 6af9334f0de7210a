using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>How statements are given, and where an answer goes on.</summary>
public sealed class XapiFormTests
{
    /// <summary>The first range that has something, looked up as RFC 4647 has it, and else the first of all.</summary>
    [Theory]
    [InlineData("de-AT, en", "de")]
    [InlineData("fr, de-x-plain", "de")]
    [InlineData("sv", "en")]
    [InlineData("pt", "pt-BR")]
    public void Canonical_IsInTheLanguageThatIsWanted(string wanted, string given)
    {
        byte[] kept = Encoding.UTF8.GetBytes(
            """{"verb":{"id":"urn:v","display":{"en":"a","de":"b","pt-BR":"c"}},"object":{"id":"urn:a"}}""");
        var form = JsonNode.Parse(StatementWriting.Form(kept, "canonical", wanted.Split(", ")))!;
        Assert.Equal(given, Assert.Single(form["verb"]!["display"]!.AsObject()).Key);
    }

    [Theory]
    [InlineData("en;q=0.2, de;q=0.9, fr;q=0", "de,en")]
    [InlineData("de-AT", "de-AT")]
    [InlineData("", "")]
    public void Languages_AreInTheOrderOfTheirWeights(string header, string sorted) =>
        Assert.Equal(sorted, string.Join(',', StatementResource.LanguagesOf(header)));

    [Fact]
    public async Task More_OfAGatewayBelowAPath_LiesBelowIt()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString("?limit=1");
        var request = await XapiRequest.ReadAsync(context);
        var last = new KeptStatement(Guid.NewGuid(), DateTimeOffset.UnixEpoch.AddSeconds(1), null, []);
        Assert.Equal(
            "/badges/xapi/statements?limit=1&cursor=1000000", StatementQuestion.MoreOf("/badges", request, last));
    }
}
