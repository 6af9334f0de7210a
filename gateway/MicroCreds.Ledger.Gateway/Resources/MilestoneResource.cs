using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/pathways/…/milestones: small awards on the way.</summary>
public static class MilestoneResource
{
    private static readonly MilestoneList Example = new([new MilestoneStep("climate-data-first-steps", 1, true)]);

    public static void MapMilestones(this IEndpointRouteBuilder routes)
    {
        const string Address = "/v1/pathways/{id}/{version:int:min(1)}/milestones";
        routes.MapGet(Address, (
                string id, int version, ProjectedPathways pathways, MilestoneAwards milestones,
                GatewayServiceOptions options) =>
                TypedResults.Ok(new MilestoneList(
                    milestones.ListOf(PathwayResource.Find(options.MspId, id, version, pathways)))))
            .WithTags("Pathways")
            .WithSummary("Read which own pathways are milestones of one")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        routes.MapPut(Address, SetAsync)
            .WithTags("Pathways")
            .Audited("pathway.set-milestones", "pathway")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Set which own pathways are milestones of one")
            .WithDescription(
                "A milestone is a pathway of its own whose award is a small credential. Learners see it on their way, "
                + "and may have the award once they reached it: at once if it is `isAutomatic` and their device "
                + "holds one of the credentials; otherwise by an application that somebody decides.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 404, 413, 415);
    }

    private static async Task<Ok<MilestoneList>> SetAsync(
        string id, int version, HttpRequest request, ProjectedPathways pathways, MilestoneAwards milestones,
        GatewayServiceOptions options)
    {
        var pathway = PathwayResource.Find(options.MspId, id, version, pathways);
        var list = await RequestBody.ReadAsync<MilestoneList>(request);
        await milestones.SetAsync(pathway, list.Items);
        return TypedResults.Ok(new MilestoneList(milestones.ListOf(pathway)));
    }

    /// <summary>The milestones of a pathway.</summary>
    /// <param name="Items">The milestones.</param>
    public sealed record MilestoneList(IReadOnlyList<MilestoneStep> Items);
}
