using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class RecognitionTests
{
    private const string Issuer = "AuroraMSP";
    private const string Institution = "LindenMSP";

    private static readonly DateTimeOffset Begin = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_OneOfTwoAgreements_IsTheOneWithMoreCredits_InWhateverOrder()
    {
        Agreement[] agreements =
        [
            Agreement("a", new AgreementClause { Id = "c", CreditRatio = 0.5 }),
            Agreement("b", new AgreementClause { Id = "c", Credits = 4 }),
        ];
        foreach (var order in new[] { agreements, [.. agreements.Reverse()] })
        {
            var answer = Recognition.Of(Facts(), order, Institution, Begin.AddYears(1));
            Assert.Equal((true, "b", 4.0), (answer.Recognized, answer.Agreement, answer.Credits));
        }

        Assert.Equal(
            ["a", "b"],
            Recognition.AllOf(Facts(), agreements, Institution, Begin.AddYears(1)).Select(one => one.Agreement));
    }

    [Theory]
    [InlineData("levels", 7, "0612", "data")]
    [InlineData("fields", 6, "0412", "data")]
    [InlineData("achievements", 6, "0612", "law")]
    public void Of_OutOfScope_SaysByWhat(string missing, int level, string field, string id)
    {
        var clause = new AgreementClause
        {
            Id = "c",
            Scope = new AwardScope { Levels = [6], Fields = ["06"], Achievements = ["data"] },
        };
        var facts = Facts() with { Achievement = Achievement(id) with { EqfLevel = level, FieldOfStudy = field } };
        var answer = Recognition.Of(facts, [Agreement("a", clause)], Institution, Begin.AddYears(1));
        Assert.Equal((false, RecognitionCode.OutOfScope), (answer.Recognized, answer.Code));
        Assert.Contains(missing, answer.Detail, StringComparison.Ordinal);
        Assert.NotNull(answer.Missing);
        facts = Facts() with { Achievement = Achievement("data") with { EqfLevel = 6, FieldOfStudy = "0612" } };
        Assert.True(Recognition.Of(facts, [Agreement("a", clause)], Institution, Begin.AddYears(1)).Recognized);
    }

    [Fact]
    public void Of_TermsOfAClause_LevelGradeEquivalentAndAccreditation()
    {
        var clause = new AgreementClause
        {
            Id = "c",
            RecognizedBy = [Institution],
            AwardedBy = [Issuer],
            CreditRatio = 0.333,
            EqfLevel = 5,
            Equivalent = new AchievementReference("daten", 1),
            Grades = [new GradeConversion("5", "1,0")],
            AccreditedOnly = true,
        };
        var facts = Facts() with { Grade = "5" };
        var refused = Recognition.Of(facts, [Agreement("a", clause)], Institution, Begin.AddYears(1));
        Assert.Equal(RecognitionCode.NotAccredited, refused.Code);
        var answer = Recognition.Of(
            facts with { IsAccredited = true }, [Agreement("a", clause)], Institution, Begin.AddYears(1));
        Assert.Equal((1.67, 5, "1,0"), (answer.Credits!.Value, answer.EqfLevel!.Value, answer.Grade));
        Assert.Equal(clause.Equivalent, answer.Equivalent);

        // Nothing was agreed in the other direction.
        var back = facts with { MspId = Institution, IsAccredited = true };
        Assert.Equal(
            RecognitionCode.OutOfScope, Recognition.Of(back, [Agreement("a", clause)], Issuer, Begin.AddYears(1)).Code);
    }

    [Fact]
    public void Of_PeriodAndDay_CountByTheAward()
    {
        var agreement = Agreement("a", new AgreementClause { Id = "c" }, Begin.AddDays(30));
        foreach (var (awarded, asked, code) in new[]
        {
            (Begin.AddTicks(-1), Begin.AddYears(1), RecognitionCode.BeforeAgreement),
            (Begin, Begin.AddYears(1), RecognitionCode.Recognized),
            (Begin.AddDays(29), Begin.AddYears(9), RecognitionCode.Recognized),
            (Begin.AddDays(30), Begin.AddYears(1), RecognitionCode.AfterAgreement),
            (Begin, Begin.AddDays(-2), RecognitionCode.NotAccepted),
        })
        {
            var answer = Recognition.Of(Facts() with { AwardedAt = awarded }, [agreement], Institution, asked);
            Assert.Equal(code, answer.Code);
        }

        Assert.Equal(
            RecognitionCode.NoAgreement, Recognition.Of(Facts(), [agreement], "TejoMSP", Begin.AddYears(1)).Code);
    }

    [Fact]
    public void Of_ACap_IsCountedOverTheFileAtEachInstitution_WholeOrNotAtAll()
    {
        var agreement = Agreement("a", new AgreementClause { Id = "c", MaxCreditsPerLearner = 7 });
        var tally = new RecognitionTally();
        var answers = new[] { 5.0, 5, 2, 1 }.Select((credits, i) => Recognition.Of(
            Facts() with { Achievement = Achievement($"part-{i}") with { Credits = credits } }, [agreement],
            Institution, Begin.AddYears(1), tally)).ToList();
        Assert.Equal([5.0, null, 2.0, null], answers.Select(answer => answer.Credits));
        Assert.Equal([RecognitionCode.CapReached, RecognitionCode.CapReached], [answers[1].Code, answers[3].Code]);
        Assert.Equal(RecognitionCode.AlreadyCounted, Recognition.Of(
            Facts() with { Achievement = Achievement("part-0") with { Version = 2 } }, [agreement], Institution,
            Begin.AddYears(1), tally).Code);
    }

    [Fact]
    public void Of_TwoThatCountAsTheSame_CountOnce()
    {
        var daten = new AchievementReference("daten", 1);
        Agreement[] agreements =
        [
            Agreement("a", new AgreementClause { Id = "c", Equivalent = daten }),
        ];
        var tally = new RecognitionTally();
        Assert.Equal(daten, Of("statistics").Equivalent);
        var second = Of("data-science");
        Assert.Equal((false, RecognitionCode.AlreadyCounted), (second.Recognized, second.Code));
        Assert.Contains("counts as daten", second.Detail, StringComparison.Ordinal);

        // Nor beside what it counts as, and nowhere else is it the same.
        var own = Facts() with { MspId = Institution, Achievement = Achievement("daten") with { MspId = Institution } };
        var beside = new RecognitionTally();
        Assert.True(Recognition.Of(own, agreements, Institution, Begin.AddYears(1), beside).Recognized);
        Assert.Equal(
            RecognitionCode.AlreadyCounted,
            Recognition.Of(Facts(), agreements, Institution, Begin.AddYears(1), beside).Code);
        Assert.True(Recognition.Of(
            own with { MspId = Issuer }, agreements, Issuer, Begin.AddYears(1), beside).Recognized);

        RecognitionAnswer Of(string id) => Recognition.Of(
            Facts() with { Achievement = Achievement(id) }, agreements, Institution, Begin.AddYears(1), tally);
    }

    [Fact]
    public void Of_AProposalThatOneOfThreeTurnedDown_SaysSo()
    {
        var accepted = Agreement("a", new AgreementClause { Id = "c" });
        var proposal = accepted.Versions[0].Proposal;
        var statement = proposal.Proposal! with
        {
            Statement = accepted.Newest.Terms with { Parties = [Issuer, Institution, "TejoMSP"] },
        };
        var notice = new NoticeStatement { Ledger = "l", MspId = "TejoMSP", Agreement = "a", KeyId = "k" };
        var parts = new[] { proposal with { Proposal = statement }, accepted.Versions[0].Acceptances[0] };
        var open = MicroCreds.Ledger.Model.Agreement.Of(parts)!;
        var turnedDown = MicroCreds.Ledger.Model.Agreement.Of(
        [
            .. parts,
            new AgreementPart
            {
                WrittenAt = Begin,
                TransactionId = "t",
                Notice = new SignedStatement<NoticeStatement>(notice, ""),
                EndsAt = Begin,
            },
        ])!;
        var answer = Recognition.Of(Facts(), [open], Institution, Begin.AddYears(1));
        Assert.Equal("The acceptance of TejoMSP.", answer.Missing);
        answer = Recognition.Of(Facts(), [turnedDown], Institution, Begin.AddYears(1));
        Assert.Equal(RecognitionCode.NotAccepted, answer.Code);
        Assert.Contains("turned down by TejoMSP", answer.Detail, StringComparison.Ordinal);
        Assert.Equal("A proposal that all its parties accept.", answer.Missing);
        Assert.Equal(
            [AgreementAnswer.Proposed, AgreementAnswer.Ended, AgreementAnswer.InForce],
            new[] { open, turnedDown, accepted }.Select(one => AgreementAnswer.Of(one, Begin.AddYears(1)).State));
    }

    [Fact]
    public void Of_MoreThanTheCapAlone_CountsForTheCap()
    {
        var agreement = Agreement("a", new AgreementClause { Id = "c", MaxCreditsPerLearner = 3 });
        var answer = Recognition.Of(Facts(), [agreement], Institution, Begin.AddYears(1));
        Assert.Equal((3.0, 3.0), (answer.Credits, answer.MaxCreditsPerLearner));
        Assert.Contains("for the most", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TenthsThatAddUpToTheCap_FillItExactly()
    {
        var agreement = Agreement("a", new AgreementClause { Id = "c", MaxCreditsPerLearner = 0.3 });
        var tally = new RecognitionTally();
        foreach (double credits in new[] { 0.1, 0.2 })
        {
            Assert.Equal(credits, Recognition.Of(
                Facts() with { Achievement = Achievement($"part-{credits}") with { Credits = credits } }, [agreement],
                Institution, Begin.AddYears(1), tally).Credits);
        }
    }

    [Fact]
    public void Of_AnAmendment_AppliesFromItsDay_AndNotBeforeItWasAccepted()
    {
        var first = Agreement("a", new AgreementClause { Id = "c", Credits = 4 });
        var amended = Agreement("a", new AgreementClause { Id = "c", Credits = 3 }).Versions[0];
        var proposal = amended.Proposal.Proposal! with
        {
            Statement = amended.Terms with { Version = 2, ValidFrom = Begin.AddDays(20) },
        };
        foreach (var (acceptedOn, appliesFrom) in new[] { (10, 20), (25, 25) })
        {
            var acceptance = amended.Acceptances[0].Acceptance!;
            var agreement = MicroCreds.Ledger.Model.Agreement.Of(
            [
                first.Newest.Proposal, .. first.Newest.Acceptances, amended.Proposal with { Proposal = proposal },
                amended.Acceptances[0] with
                {
                    WrittenAt = Begin.AddDays(acceptedOn),
                    Acceptance = acceptance with { Statement = acceptance.Statement with { Version = 2 } },
                },
            ])!;
            foreach (int day in new[] { 0, 10, 19, 20, 24, 25, 40 })
            {
                var answer = Recognition.Of(
                    Facts() with { AwardedAt = Begin.AddDays(day) }, [agreement], Institution, Begin.AddYears(1));
                Assert.Equal(day < appliesFrom ? (1, 4.0) : (2, 3.0), (answer.Version!.Value, answer.Credits!.Value));
            }
        }
    }

    private static CredentialFacts Facts() => new()
    {
        Credential = new string('a', 64) + ".0",
        MspId = Issuer,
        Achievement = Achievement("data"),
        AwardedAt = Begin.AddDays(10),
    };

    private static Achievement Achievement(string id) => new()
    {
        MspId = Issuer,
        Id = id,
        Name = "Data",
        Description = "Data.",
        Criteria = "An examination.",
        LearningOutcomes = ["Knows data."],
        Credits = 5,
        Language = "en",
        Assessment = "examination",
        Participation = "online",
        QualityAssurance = "internal",
    };

    private static Agreement Agreement(string id, AgreementClause clause, DateTimeOffset? until = null)
    {
        var terms = new AgreementStatement
        {
            Ledger = "l",
            MspId = Issuer,
            Id = id,
            Version = 1,
            Name = "An agreement",
            Parties = [Issuer, Institution],
            Clauses = [clause],
            ValidFrom = Begin,
            ValidUntil = until,
            NoticeDays = 0,
            KeyId = "k",
        };
        var acceptance = new AcceptanceStatement
        {
            Ledger = "l",
            MspId = Institution,
            Agreement = id,
            Version = 1,
            Digest = StatementDigest.Of(terms),
            KeyId = "k",
        };
        var written = new AgreementPart { WrittenAt = Begin.AddDays(-1), TransactionId = "t" };
        return MicroCreds.Ledger.Model.Agreement.Of(
        [
            written with { Proposal = new SignedStatement<AgreementStatement>(terms, "") },
            written with { Acceptance = new SignedStatement<AcceptanceStatement>(acceptance, "") },
        ])!;
    }
}
