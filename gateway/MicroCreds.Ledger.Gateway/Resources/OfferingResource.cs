using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/achievements/…/offering, /v1/offerings: when achievements can be taken.</summary>
public static class OfferingResource
{
    private static readonly OfferingDefinition Example = new()
    {
        Offers =
        [
            new AchievementOffer
            {
                Term = "Autumn 2027",
                First = new DateOnly(2027, 9, 6),
                Last = new DateOnly(2027, 12, 17),
                Places = 40,
                Mode = "online",
                Language = "en",
                Cost = 120,
                Currency = "EUR",
                Url = "https://www.aurora.example/enrol",
            },
        ],
        StartsAfter = [new PathwayItem("LindenMSP", "python-for-engineers")],
    };

    public static void MapOfferings(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/achievements/{id}/offering", SetAsync)
            .WithTags("Achievements")
            .Audited("offering.set", "achievement")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Say when an own achievement can be taken")
            .WithDescription(
                "Stands for all its versions and takes the place of what was said before; the ledger keeps the "
                + "history. Without `offers` it cannot be taken for now. What was never said may be offered at any "
                + "time, and plans say that this is assumed.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 422, 503);
        routes.MapGet("/v1/achievements/{mspId}/{id}/offering", Read)
            .WithTags("Achievements")
            .WithSummary("Read when an achievement can be taken")
            .GivesProblems(404, 503)
            .ReadableFromAnywhere();
        routes.MapGet("/v1/offerings", List)
            .TakesParameters("mspId")
            .WithTags("Achievements")
            .WithSummary("List when achievements can be taken")
            .WithDescription("Everyone's, or one institution's with `?mspId=`. `&pageSize=` up to 200, `&after=`.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
    }

    private static async Task<Ok<Offering>> SetAsync(
        string id, HttpRequest request, LedgerDoor door, LedgerProjection projection, GatewayServiceOptions options)
    {
        var definition = await RequestBody.ReadAsync<OfferingDefinition>(request, OfferingRules.Check);
        var committed = await door.SetOfferingAsync(
            new Offering(options.MspId, id, definition), CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(committed.Record);
    }

    private static Ok<Offering> Read(string mspId, string id, Offerings offerings) => TypedResults.Ok(
        (VersionedRecords.HasReservedCharacters(mspId, id) ? null : offerings.Find(mspId, id))
        ?? throw new ProblemException(
            ProblemKind.NotFound, "The institution has not said when an achievement of this name can be taken."));

    private static Ok<Page<Offering>> List(HttpRequest request, Offerings offerings, ProjectedRecords records)
    {
        string? owner = VersionedRecords.OwnerOf(request);
        var found = offerings.All.Values.Where(one => owner is null || one.MspId == owner)
            .OrderBy(NameOf, StringComparer.Ordinal);
        return TypedResults.Ok(
            PageRequest.Of(request).List(found, NameOf, one => one) with
            {
                Unreadable = records.Unreadable.LeftOut(RecordKey.OfferingType, owner is null ? [] : [owner]),
            });
    }

    private static string NameOf(Offering offering) => $"{offering.MspId}/{offering.Achievement}";
}
