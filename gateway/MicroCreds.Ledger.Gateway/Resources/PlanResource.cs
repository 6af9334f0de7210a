using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/pathways/…/plans: what to take when.</summary>
public static class PlanResource
{
    private static readonly PlanRequest Example = new()
    {
        Wish = new WishedPlan
        {
            HoursAWeek = 10,
            Deadline = new DateOnly(2029, 7, 31),
            Languages = ["en"],
            MostAbroad = 1,
        },
        Alternatives = 1,
    };

    public static void MapPlans(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/pathways/{mspId}/{id}/{version:int:min(1)}/plans", PlanAsync)
            .Costs(RouteCost.Batch)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithTags("Pathways")
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .WithSummary("Plan a way along a pathway")
            .WithDescription(
                "A timetable term by term that completes the pathway, by what institutions offer when and what is "
                + "recognised where: in the shortest, the lightest or the cheapest way. If there is none, the smallest "
                + "changes of the wishes that would mend it, or the demands that nothing offered meets. Send the "
                + "credentials that the learner has as for an evaluation; `before`, `underway` and `notThen` to plan "
                + "again with as few changes as possible. Every plan is confirmed by the evaluation. Needs no login, "
                + "and stores nothing of what was sent.")
            .TakesJson(Example)
            .MayGive(ProblemKind.TooTangled)
            .GivesProblems(400, 404, 413, 415, 422, 429, 503)
            .ReadableFromAnywhere();

    private static async Task<Ok<PlannedAnswer>> PlanAsync(
        string mspId, string id, int version, HttpContext context, ProjectedPathways pathways,
        ProjectedRecords records, CredentialSet set, PathwayPlanning planning)
    {
        var pathway = PathwayResource.Find(mspId, id, version, pathways);
        var request = await RequestBody.ReadAsync<PlanRequest>(context.Request, CredentialSet.MaxBytes);
        var file = LearnersFile.Of(await set.VerifyAsync(request.Credentials, context.RequestAborted), records);
        context.Response.Headers.CacheControl = "no-store";
        var outcome = await planning.PlanAsync(pathway, file, request, context.RequestAborted);
        return TypedResults.Ok(new PlannedAnswer(outcome, file.Credentials));
    }

    /// <summary>What came of planning, and of each credential.</summary>
    /// <param name="Result">What came of it.</param>
    /// <param name="Credentials">Every credential of the request, with its verdict.</param>
    public sealed record PlannedAnswer(PlanOutcome Result, IReadOnlyList<VerifiedCredential> Credentials);
}
