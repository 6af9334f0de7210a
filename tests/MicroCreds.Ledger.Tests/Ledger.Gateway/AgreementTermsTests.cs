using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>An agreement taken apart into its terms, and two versions told apart by them.</summary>
public sealed class AgreementTermsTests
{
    private static readonly AgreementClause Whole = new()
    {
        Id = "computing",
        RecognizedBy = ["LindenMSP"],
        AwardedBy = ["AuroraMSP"],
        Scope = new AwardScope { Levels = [6], Fields = ["06"], Achievements = ["data-literacy"] },
        Credits = 4,
        CreditRatio = 0.8,
        Equivalent = new AchievementReference("statistics", 2),
        EqfLevel = 5,
        MaxCreditsPerLearner = 12,
        Grades = [new GradeConversion("5", "1,0")],
        AccreditedOnly = true,
    };

    private static readonly AgreementStatement Statement = new()
    {
        Ledger = "ledger",
        MspId = "AuroraMSP",
        Id = "AuroraMSP.computing",
        Version = 1,
        Name = "Computing",
        Parties = ["AuroraMSP", "LindenMSP"],
        Clauses = [Whole],
        ValidFrom = DateTimeOffset.UnixEpoch,
        ValidUntil = DateTimeOffset.UnixEpoch.AddYears(1),
        NoticeDays = 90,
        Reference = "https://www.aurora.example/a.pdf",
        Abroad = new AbroadConsortium
        {
            Ledger = "elsewhere:4567",
            Name = "Northern universities",
            Trust = "{}",
            MaxHeadAgeMinutes = 60,
        },
        KeyId = "key-1",
    };

    [Fact]
    public void EveryTermThatIsSigned_IsToldOnThePage()
    {
        Assert.Equal(
            TermWords.OfAgreement.Order(StringComparer.Ordinal),
            AgreementTerms.Of(Statement).Select(term => term.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            TermWords.OfClause.Order(StringComparer.Ordinal),
            AgreementTerms.Of(Whole).Select(term => term.Name).Order(StringComparer.Ordinal));
        foreach (string language in PageText.Languages)
        {
            foreach (string term in TermWords.OfAgreement.Concat(TermWords.OfClause))
                Assert.NotNull(PageText.In(language).Find($"terms.{term}"));
        }
    }

    [Fact]
    public void Comparison_OfTheSameTerms_FindsNothing_WhoeverSignsThem() => Assert.Empty(AgreementComparison.Of(
        Statement, Statement with { Version = 2, MspId = "LindenMSP", KeyId = "key-9" }));

    [Fact]
    public void Comparison_TellsWhatIsAddedRemovedAndChanged_TermByTerm()
    {
        var added = new AgreementClause { Id = "music" };
        var after = Statement with
        {
            NoticeDays = 30,
            ValidUntil = null,
            Clauses =
            [
                added,
                Whole with
                {
                    Credits = 5,
                    CreditRatio = null,
                    Scope = Whole.Scope with { Achievements = ["data-literacy", "networks"] },
                },
            ],
        };
        var removedToo = Statement with { Clauses = [Whole, new AgreementClause { Id = "art" }] };
        var changes = AgreementComparison.Of(removedToo, after);
        Assert.Equal(
            [
                " noticeDays changed", " validUntil removed", "art clause removed", "computing creditRatio removed",
                "computing credits changed", "computing scope.achievements changed", "music clause added",
            ],
            changes.Select(one => $"{one.Clause} {one.Term} {one.Kind}").Order(StringComparer.Ordinal));
        var credits = changes.Single(one => one.Term == "credits");
        Assert.Equal((4, 5), ((int)credits.Before!, (int)credits.After!));
        Assert.Equal("music", (string?)changes.Single(one => one.Kind == TermChange.Added).After!["id"]);
        Assert.Equal(
            new JsonArray("data-literacy", "networks").ToJsonString(),
            changes.Single(one => one.Term == "scope.achievements").After!.ToJsonString());
    }
}
