using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Xunit;
using static MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways.PathwaySamples;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

/// <summary>What another consortium awarded, whose members and achievements have the names of those of here.</summary>
public sealed class AbroadPathwayTests
{
    private const string Elsewhere = "credentials:elsewhere";

    [Fact]
    public void AwardOfAnotherConsortium_IsNeverTakenForOneOfTheSameName()
    {
        var evaluation = Evaluate(Pathway(3, All("core", "data")), _ => [], FromElsewhere("data"));
        Assert.False(evaluation.Complete);
        var not = Assert.Single(evaluation.NotCounted);
        Assert.Equal((NotCountedReason.NotInPathway, Elsewhere), (not.Reason, not.Ledger));
    }

    [Fact]
    public void AwardOfAnotherConsortium_StandsForWhatTheAgreementSays_AndNotBesideIt()
    {
        var own = Earned(Achievement("data", 3));
        var pathway = Pathway(3, All("core", "data"));
        var evaluation = Evaluate(pathway, As("data", 5), FromElsewhere("anything"));
        Assert.True(evaluation.Complete);
        var counted = Assert.Single(evaluation.Groups[0].Counted);
        Assert.Equal((5.0, Elsewhere, "abroad"), (counted.Credits, counted.Ledger, counted.Agreement!.Id));
        evaluation = Evaluate(pathway, As("data", 5), FromElsewhere("anything"), own);
        Assert.Single(evaluation.Groups[0].Counted);
        Assert.Equal(NotCountedReason.AlreadyCounted, Assert.Single(evaluation.NotCounted).Reason);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void AwardOfAnotherConsortium_IsInAPoolOfAll_AndInNoneThatNamesInstitutions(bool isNamed, bool counts)
    {
        var pool = Pool("electives", 3, "06");
        if (isNamed) pool = pool with { Pool = pool.Pool! with { MspIds = [Home] } };

        // Two of one name, of which one is of here, are two.
        var evaluation = Evaluate(
            Pathway(6, pool), As(null, 3), FromElsewhere("data"), Earned(Achievement("data", 3)));
        Assert.Equal(counts, evaluation.Complete);
    }

    private static EarnedAchievement FromElsewhere(string id) =>
        Earned(Achievement(id, 3)) with { Ledger = Elsewhere, CredentialId = "urn:uuid:elsewhere" };

    private static RecognizedAbroad As(string? equivalent, double credits) => _ =>
    [
        new RecognizedAchievement
        {
            Agreement = "abroad",
            AgreementVersion = 1,
            Credits = credits,
            Equivalent = equivalent is null ? null : new AchievementReference(equivalent, 1),
        },
    ];

    private static PathwayEvaluation Evaluate(
        Pathway pathway, RecognizedAbroad recognized, params EarnedAchievement[] earned) =>
        PathwayEvaluator.Evaluate(new PathwayInput
        {
            Pathway = pathway,
            Earned = earned,
            RecognizedAbroad = recognized,
            AsOf = Now,
        });
}
