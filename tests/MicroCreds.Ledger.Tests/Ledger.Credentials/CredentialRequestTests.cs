using MicroCreds.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class CredentialRequestTests
{
    private static readonly DateTimeOffset Now = SampleIssuer.IssuedAt;

    public static TheoryData<string, CredentialRequest> Faulty => new()
    {
        { "/achievement", SampleIssuer.Request() with { Achievement = "" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = "Python Basics" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = "python-basics@0" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = "python-basics@1\n" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = "a\0b" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = "a\U0010FFFF" } },
        { "/achievement", SampleIssuer.Request() with { Achievement = null! } },
        { "/recipient", SampleIssuer.Request() with { Recipient = null! } },
        { "/recipient/name", SampleIssuer.Request("") },
        { "/recipient/name", SampleIssuer.Request("   ") },
        { "/recipient/name", SampleIssuer.Request(null!) },
        { "/recipient/name", SampleIssuer.Request(" Maija") },
        { "/recipient/name", SampleIssuer.Request("Maija\u0007") },
        { "/recipient/name", SampleIssuer.Request("Maija\nEsimerkki") },
        { "/recipient/name", SampleIssuer.Request("Maija \ud83d") },
        { "/recipient/name", SampleIssuer.Request("Maija \ude00\ud83d") },
        { "/recipient/name", SampleIssuer.Request(new string('a', 201)) },
        { "/recipient/email", SampleIssuer.Request(email: "nobody") },
        { "/recipient/email", SampleIssuer.Request(email: "@example.org") },
        { "/recipient/email", SampleIssuer.Request(email: "a@b@c") },
        { "/recipient/email", SampleIssuer.Request(email: "a b@example.org") },
        { "/recipient/id", Recipient(id: "12345") },
        { "/recipient/id", Recipient(id: "/etc/passwd") },
        { "/recipient/id", Recipient(id: "did:example:a b") },
        { "/recipient/id", Recipient(id: "did:example:" + new string('a', 500)) },
        { "/validUntil", SampleIssuer.Request() with { ValidUntil = Now } },
        { "/validUntil", SampleIssuer.Request() with { ValidUntil = DateTimeOffset.MinValue } },
        { "/result", SampleIssuer.Request() with { Result = new CredentialResult() } },
        { "/result/value", Result(new CredentialResult { Value = new string('5', 101) }) },
        { "/result/status", SampleIssuer.Request() with { Result = new CredentialResult { Status = "Excellent" } } },
        { "/evidence/0", SampleIssuer.Request() with { Evidence = [new CredentialEvidence()] } },
        { "/evidence/0", SampleIssuer.Request() with { Evidence = [null!] } },
        { "/evidence/0/url", Evidence(new CredentialEvidence { Url = "javascript:alert(1)" }) },
        { "/evidence/0/url", Evidence(new CredentialEvidence { Url = "file:///etc/passwd" }) },
        { "/evidence/0/url", Evidence(new CredentialEvidence { Url = "https://a.example/<script>" }) },
        { "/evidence", SampleIssuer.Request() with { Evidence = new CredentialEvidence[21] } },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void Validate_Faulty_NamesTheFieldAndNotItsValue(string path, CredentialRequest request)
    {
        var fault = Assert.Single(CredentialBuilder.Validate(request, Now));
        Assert.Equal(path, fault.Path);
        Assert.DoesNotContain("Maija", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ManyFaults_NamesEach()
    {
        var request = new CredentialRequest
        {
            Achievement = "?",
            Recipient = new Recipient { Name = "", Email = "x", Id = "y" },
            ValidUntil = Now.AddDays(-1),
        };
        Assert.Equal(
            ["/achievement", "/recipient/name", "/recipient/email", "/recipient/id", "/validUntil"],
            CredentialBuilder.Validate(request, Now).Select(fault => fault.Path));
    }

    [Theory]
    [InlineData("O'Brien-Ñandú, José")]
    [InlineData("李小龍")]
    [InlineData("Ὀδυσσεύς")]
    [InlineData("😀 Smiley")]
    public void Validate_NamesOfTheWorld_AreFine(string name) =>
        Assert.Empty(CredentialBuilder.Validate(SampleIssuer.Request(name), Now));

    [Theory]
    [InlineData("python-basics", "python-basics", null)]
    [InlineData("python-basics@3", "python-basics", 3)]
    [InlineData("a@999999", "a", 999999)]
    public void AchievementSelector_ReadsIdAndVersion(string text, string id, int? version)
    {
        Assert.True(AchievementSelector.TryParse(text, out var selector));
        Assert.Equal(new AchievementSelector(id, version), selector);
    }

    private static CredentialRequest Recipient(string id) =>
        SampleIssuer.Request() with { Recipient = new Recipient { Name = "Maija", Id = id } };

    private static CredentialRequest Result(CredentialResult result) => SampleIssuer.Request() with { Result = result };

    private static CredentialRequest Evidence(CredentialEvidence evidence) =>
        SampleIssuer.Request() with { Evidence = [evidence] };
}
