using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>What wallets show of our SD-JWT VCs, and what tokens commit to of it.</summary>
public sealed class CredentialTypeTests
{
    private const string Gateway = "https://creds.aurora.example";

    [Fact]
    public void Integrity_OfTheFirstVersion_StaysAsTokensHaveIt() => Assert.Equal(
        "sha256-6Tw41VBQ64r9xcVtoVDGk01sBufSlbrO5+3998+SVJE=", CredentialType.IntegrityAt(Gateway));

    [Fact]
    public void Claims_ThatCanBeWithheld_AreThoseThatLearnersChooseFrom()
    {
        var metadata = JsonNode.Parse(CredentialType.MetadataAt(Gateway))!;
        Assert.Equal(CredentialType.UrlAt(Gateway), (string?)metadata["vct"]);
        var claims = metadata["claims"]!.AsArray();
        Assert.Equal(
            DisclosureChoice.Names.Order(StringComparer.Ordinal),
            claims.Where(claim => (string?)claim!["sd"] == "always")
                .Select(claim => (string)claim!["path"]!.AsArray()[^1]!).Order(StringComparer.Ordinal));
        foreach (var named in claims.Append(metadata))
        {
            string[] languages = [.. named!["display"]!.AsArray().Select(one => (string)one!["locale"]!)];
            Assert.Equal(["en", "de"], languages);
        }
    }

    [Theory]
    [InlineData("did:web:aurora.example", "https://aurora.example", "aurora.example", "")]
    [InlineData("did:web:127.0.0.1%3A5101", "https://127.0.0.1:5101", "127.0.0.1:5101", "")]
    [InlineData("did:web:aurora.example:a:b", "https://aurora.example/a/b", "Aurora.example", "a/b/")]
    public void UrlOf_ADidOfTheWeb_IsWhatItStandsFor(string did, string url, string host, string path)
    {
        Assert.Equal(url, IssuerIdentity.UrlOf(did));
        Assert.Equal(did, IssuerIdentity.DidOf(host, path));
    }

    [Fact]
    public void UrlOf_AnotherMethod_IsNone() => Assert.Null(IssuerIdentity.UrlOf("did:key:z6Mk"));
}
