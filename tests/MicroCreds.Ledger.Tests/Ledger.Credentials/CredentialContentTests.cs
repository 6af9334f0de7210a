using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class CredentialContentTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public void Of_FullCredential_HasEveryStandardElement()
    {
        var content = Read(SampleIssuer.Request() with
        {
            Recipient = new Recipient { Name = "Maija Esimerkki", Id = "did:example:maija" },
            ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
            Result = new CredentialResult { Value = "5" },
            Evidence = [new CredentialEvidence { Url = "https://aurora.example/e/1", Name = "Assignment" }],
        });
        var empty = typeof(CredentialContent).GetProperties().Where(property =>
            property.GetValue(content) is null or System.Collections.ICollection { Count: 0 });
        Assert.Empty(empty.Select(property => property.Name));
        Assert.Equal("Maija Esimerkki", content.Learner);
        Assert.Equal("FI", content.Country);
        Assert.Equal(SampleIssuer.IssuedAt, content.Awarded);
        Assert.Equal(_issuer.Achievement.LearningOutcomes, content.LearningOutcomes);
        Assert.Equal(2.5, content.Credits);
        Assert.Equal(("6", "first"), (content.EqfLevel, content.QfEheaCycle));
        Assert.Equal("5", content.Grade);
        Assert.Equal(SampleIssuer.PythonSkill, Assert.Single(content.Skills).Url);
    }

    [Fact]
    public void Of_ScantCredential_SaysNothingOfWhatIsNotThere()
    {
        _issuer.Achievement = _issuer.Achievement with { EqfLevel = null, QfEheaCycle = null, Skills = [] };
        var content = Read(SampleIssuer.Request());
        Assert.Null(content.EqfLevel);
        Assert.Null(content.Grade);
        Assert.Empty(content.Skills);
        Assert.Empty(content.Evidence);
    }

    private CredentialContent Read(CredentialRequest request)
    {
        using var document = StrictJson.Parse(_issuer.Issue(request).Documents[0]);
        return CredentialContent.Of(CredentialReader.Read(document));
    }
}
