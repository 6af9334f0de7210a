using System.Text.Json;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/pathways/…/evaluations: how far is a learner?</summary>
public static class PathwayEvaluationResource
{
    private const int MaxGoalSkills = 50;
    private const int MaxSkillLength = 500;

    private static readonly EvaluationRequest Example = new()
    {
        Credentials = [JsonSerializer.SerializeToElement(new { id = "urn:uuid:…" })],
        Goal = new PathwayGoal { Skills = ["analyse big data"], EqfLevel = 6, Credits = 5 },
    };

    public static void MapPathwayEvaluations(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/pathways/{mspId}/{id}/{version:int:min(1)}/evaluations", EvaluateAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithTags("Pathways")
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .WithSummary("Evaluate a learner's credentials against a pathway")
            .WithDescription(
                $"Send up to {CredentialSet.MaxCredentials} credentials in any form that /v1/verifications takes: an "
                + "object, or a string for the compact forms; one of another consortium with its proof. Each is "
                + "verified the same way; only valid ones count, the others are listed with the reason. Answers "
                + "what counts where and under which agreement, what is missing, the shortest ways to finish, and next "
                + "steps that serve the goal. Needs no login, and stores nothing personal of what was sent.")
            .TakesJson(Example)
            .MayGive(ProblemKind.TooTangled)
            .GivesProblems(400, 404, 413, 415, 422, 503)
            .ReadableFromAnywhere();

    private static async Task<Ok<EvaluationAnswer>> EvaluateAsync(
        string mspId, string id, int version, HttpContext context, ProjectedPathways pathways,
        ProjectedRecords records, CredentialSet set, PathwayProgress progress)
    {
        var pathway = PathwayResource.Find(mspId, id, version, pathways);
        var request = await RequestBody.ReadAsync<EvaluationRequest>(context.Request, CredentialSet.MaxBytes);
        var goal = Check(request.Goal ?? new PathwayGoal());
        var file = LearnersFile.Of(
            await set.VerifyAsync(request.Credentials, context.RequestAborted), records);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new EvaluationAnswer
        {
            Evaluation = progress.Evaluate(pathway, file, goal),
            Credentials = file.Credentials,
            Learners = file.Learners,
            RetiredAt = pathway.RetiredAt,
        });
    }

    private static PathwayGoal Check(PathwayGoal goal)
    {
        if (goal.Skills.Count > MaxGoalSkills
            || goal.Skills.Any(skill => skill is null || skill.Length is 0 or > MaxSkillLength))
        {
            throw ProblemException.Invalid(
                "/goal/skills",
                $"may hold up to {MaxGoalSkills} names or addresses of up to {MaxSkillLength} characters.");
        }

        return goal;
    }

    /// <summary>What is to be evaluated.</summary>
    public sealed record EvaluationRequest
    {
        /// <summary>The credentials: each an object, or a string in a compact form.</summary>
        public required IReadOnlyList<JsonElement> Credentials { get; init; }

        /// <summary>What the learner wants besides.</summary>
        public PathwayGoal? Goal { get; init; }
    }

    /// <summary>An evaluation, and what became of each credential.</summary>
    public sealed record EvaluationAnswer
    {
        /// <summary>The evaluation.</summary>
        public required PathwayEvaluation Evaluation { get; init; }

        /// <summary>Every credential of the request, with its verdict.</summary>
        public required IReadOnlyList<VerifiedCredential> Credentials { get; init; }

        /// <summary>
        /// How many different learners the valid credentials name. More than one is no file of one learner.
        /// </summary>
        public required int Learners { get; init; }

        /// <summary>When the pathway was retired: nothing is awarded for it any more.</summary>
        public DateTimeOffset? RetiredAt { get; init; }
    }
}
