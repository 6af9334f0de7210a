using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;
using static MicroCreds.Ledger.Gateway.Resources.VersionedRecords;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/achievements: the definitions of the consortium's micro-credentials.</summary>
public static class AchievementResource
{
    private static readonly AchievementDefinition Example = new()
    {
        Id = "data-literacy",
        Name = "Data Literacy for Everyone",
        Description = "Reading, questioning and presenting data in work and study.",
        Criteria = "A portfolio of three analyses and a supervised final presentation.",
        LearningOutcomes = ["Judges the quality of a data source", "Chooses a fitting presentation for a question"],
        Credits = 3,
        WorkloadHours = 81,
        EqfLevel = 6,
        Language = "en",
        QfEheaCycle = "first",
        Assessment = "Portfolio and supervised presentation",
        Supervision = "supervisedOnsiteWithIdentity",
        Participation = "blended",
        QualityAssurance = "Institutional quality assurance, audited by FINEEC",
        Stackability = "stackable",
        StacksInto = "Certificate in Public Data, 15 ECTS credits",
        Skills = [new Skill("data analytics", "http://data.europa.eu/esco/skill/97bd1c21-66b2-4b7e-ad0f-e3cda590e378")],
    };

    public static void MapAchievements(this IEndpointRouteBuilder routes)
    {
        var achievements = routes.MapGroup("/v1/achievements").WithTags("Achievements");
        achievements.MapPost("", PublishAsync)
            .Audited("achievement.publish", "achievement")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Publish an achievement")
            .WithDescription(
                "Published once and never changed: a correction is a new version. The same definition sent again "
                + "changes nothing and answers 200. Its members are the EU's standard elements of a micro-credential; "
                + "everything wrong with them is named at once.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        achievements.MapGet("", List)
            .TakesParameters("mspId")
            .WithSummary("List achievements")
            .WithDescription("Everyone's, or one institution's with `?mspId=`. `&pageSize=` up to 200, `&after=`.")
            .GivesProblems(400)
            .ReadableFromAnywhere();
        achievements.MapGet("/{mspId}/{id}", (string mspId, string id, ProjectedRecords records) =>
                Answer(HasReservedCharacters(mspId, id) ? null : records.FindNewestAchievement(mspId, id)))
            .WithSummary("Read the newest version of an achievement")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        achievements.MapGet("/{mspId}/{id}/{version:int:min(1)}", (
                string mspId, string id, int version, ProjectedRecords records) =>
                Answer(HasReservedCharacters(mspId, id) ? null : records.FindAchievement(mspId, id, version)))
            .IsAskedByStandards()
            .WithSummary("Read one version of an achievement")
            .GivesProblems(404)
            .ReadableFromAnywhere();
        achievements.MapPost("/{id}/{version:int:min(1)}/retirement", RetireAsync)
            .Audited("achievement.retire", "achievement")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Retire one version of an own achievement")
            .WithDescription("Nothing is issued for it afterwards; what was issued stands.")
            .GivesProblems(401, 403, 404, 409, 503);
    }

    private static async Task<Results<Created<Achievement>, Ok<Achievement>>> PublishAsync(
        HttpRequest request, LedgerDoor door, LedgerProjection projection, GatewayServiceOptions options)
    {
        var definition = await RequestBody.ReadAsync<AchievementDefinition>(request, AchievementRules.Check);
        var committed = await door.PublishAchievementAsync(
            new Achievement(options.MspId, definition), CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        var record = committed.Record;
        return committed.ToResult(record, _ => $"/v1/achievements/{record.MspId}/{record.Id}/{record.Version}");
    }

    private static async Task<Ok<Achievement>> RetireAsync(
        string id, int version, LedgerDoor door, LedgerProjection projection)
    {
        var committed = await door.RetireAchievementAsync(id, version, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(committed.Record);
    }

    private static Ok<Page<Achievement>> List(HttpRequest request, ProjectedRecords records)
    {
        var page = PageRequest.Of(request);
        string? owner = VersionedRecords.OwnerOf(request);
        var found = records.ListAchievements(
            owner, VersionedRecords.After(page, RecordKey.Achievement), page.Size + 1);
        return TypedResults.Ok(page.Take(found, record => $"{record.MspId}/{record.Id}/{record.Version}") with
        {
            Unreadable = records.Unreadable.LeftOut(RecordKey.AchievementType, owner is null ? [] : [owner]),
        });
    }

    private static Ok<Achievement> Answer(Achievement? achievement) =>
        TypedResults.Ok(achievement
            ?? throw new ProblemException(ProblemKind.NotFound, "No achievement of this name is published."));
}
