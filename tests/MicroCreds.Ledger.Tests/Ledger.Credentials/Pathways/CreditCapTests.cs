using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>
/// A cap on a learner's credits is cut by one rule, whether one asks what is recognized or evaluates a pathway.
/// </summary>
public sealed class CreditCapTests
{
    [Theory]
    [InlineData(5.0, 3.0, 3.0)] // Whole or not at all: two credits are left, and nobody takes part of a course.
    [InlineData(7.0, 5.0, 5.0, 2.0)]
    [InlineData(3.0, 5.0)] // What alone is more than the cap counts for the cap.
    [InlineData(3.0, 5.0, 1.0)]
    [InlineData(10.0, 4.0, 4.0, 2.0)]
    [InlineData(0.0, 2.0)]
    [InlineData(0.3, 0.1, 0.2)]
    public void File_CountsForAsMuch_InRecognitionAsOnAPathway(double cap, params double[] credits)
    {
        Achievement[] achievements =
        [
            .. credits.Select((one, i) => PathwaySamples.Achievement($"c{i}", one, mspId: PathwaySamples.Abroad)),
        ];
        var agreement = Agreement(cap);
        var tally = new RecognitionTally();
        var answers = achievements.Select(one => Recognition.Of(
            FactsOf(one), [agreement], PathwaySamples.Home, PathwaySamples.Now, tally)).ToList();

        var evaluation = PathwayEvaluator.Evaluate(PathwaySamples.Input(
            PathwaySamples.Pathway(100, PathwaySamples.Pool("any", 100)), achievements) with
        {
            RecognizedAs = (achievement, _) =>
            [
                .. Recognition.AllOf(
                    FactsOf(achievement), [agreement], PathwaySamples.Home, PathwaySamples.Now).Select(Take),
            ],
        });
        var counted = evaluation.Groups[0].Counted.ToDictionary(one => one.Achievement.Id, one => one.Credits);
        Assert.Equal(
            answers.Where(answer => answer.Recognized).Sum(answer => answer.Credits!.Value), evaluation.Credits.Counted,
            precision: 6);
        foreach (var (achievement, answer) in achievements.Zip(answers))
        {
            if (answer.Recognized && counted.TryGetValue(achievement.Id, out double there))
                Assert.Equal(answer.Credits!.Value, there);
        }
    }

    private static RecognizedAchievement Take(RecognitionAnswer answer) => new()
    {
        Agreement = answer.Agreement!,
        AgreementVersion = answer.Version!.Value,
        Clause = answer.Clause!,
        Credits = answer.Credits ?? 0,
        MaxCreditsPerLearner = answer.MaxCreditsPerLearner,
    };

    private static CredentialFacts FactsOf(Achievement achievement) => new()
    {
        Credential = achievement.Id,
        MspId = achievement.MspId,
        Achievement = achievement,
        AwardedAt = PathwaySamples.Now.AddMonths(-3),
    };

    private static Agreement Agreement(double cap)
    {
        var terms = new AgreementStatement
        {
            Ledger = "l",
            MspId = PathwaySamples.Abroad,
            Id = "capped",
            Version = 1,
            Name = "An agreement",
            Parties = [PathwaySamples.Abroad, PathwaySamples.Home],
            Clauses = [new AgreementClause { Id = "c", MaxCreditsPerLearner = cap }],
            ValidFrom = PathwaySamples.Now.AddYears(-1),
            NoticeDays = 0,
            KeyId = "k",
        };
        var acceptance = new AcceptanceStatement
        {
            Ledger = "l",
            MspId = PathwaySamples.Home,
            Agreement = terms.Id,
            Version = 1,
            Digest = "",
            KeyId = "k",
        };
        var written = new AgreementPart { WrittenAt = terms.ValidFrom, TransactionId = "t" };
        return MicroCreds.Ledger.Model.Agreement.Of(
        [
            written with { Proposal = new SignedStatement<AgreementStatement>(terms, "") },
            written with { Acceptance = new SignedStatement<AcceptanceStatement>(acceptance, "") },
        ])!;
    }
}
