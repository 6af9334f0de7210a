using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Evaluating;

/// <summary>Evaluates learners' files against pathways by what the ledger says now. Thread-safe.</summary>
public sealed class PathwayProgress(AchievementOffers offers, OwnersRecognitions recognitions, TimeProvider time)
{
    /// <summary>Evaluates a file.</summary>
    /// <exception cref="ProblemException">The evaluation is beyond its bounds.</exception>
    public PathwayEvaluation Evaluate(Pathway pathway, LearnersFile file, PathwayGoal goal)
    {
        try
        {
            return PathwayEvaluator.Evaluate(new PathwayInput
            {
                Pathway = pathway,
                Earned = file.Earned,
                Catalogue = offers.List(),
                RecognizedAs = recognitions.Of(pathway.MspId, file.IsAccredited),
                RecognizedAbroad = recognitions.OfAbroad(pathway.MspId, file),
                AsOf = time.GetUtcNow(),
                Goal = goal,
            });
        }
        catch (PathwayTooTangledException exception)
        {
            throw new ProblemException(ProblemKind.TooTangled, exception.Message);
        }
    }
}
