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

/// <summary>/v1/pathways: the rules by which achievements stack.</summary>
public static class PathwayResource
{
    private static readonly PathwayDefinition Example = new()
    {
        Id = "public-data-officer",
        Name = "Public Data Officer",
        Description = "Data skills for public offices, in one certificate.",
        Award = new AchievementReference("public-data-certificate", 1),
        Credits = 10,
        EqfLevel = 6,
        Groups =
        [
            new PathwayGroup
            {
                Id = "core",
                Name = "Foundations",
                Rule = PathwayRule.All,
                Items = [new PathwayItem("AuroraMSP", "data-literacy")],
            },
            new PathwayGroup
            {
                Id = "electives",
                Name = "Electives in computing, at home or abroad",
                Rule = PathwayRule.Choice,
                Pool = new PathwayPool { Fields = ["06"] },
                MinCredits = 5,
                MinLevel = 6,
                After = ["core"],
            },
        ],
        NotOlderThanMonths = 60,
        MaxRecognizedCredits = 5,
    };

    public static void MapPathways(this IEndpointRouteBuilder routes)
    {
        var pathways = routes.MapGroup("/v1/pathways").WithTags("Pathways");
        pathways.MapPost("", PublishAsync)
            .Audited("pathway.publish", "pathway")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Publish a pathway")
            .WithDescription(
                "Published once and never changed: a correction is a new version. The same definition sent again "
                + "changes nothing and answers 200. Rules that nobody could ever meet are refused.")
            .TakesJson(Example)
            .GivesProblems(400, 401, 403, 409, 413, 415, 503);
        pathways.MapGet("", List)
            .TakesParameters("mspId")
            .WithSummary("List pathways")
            .WithDescription("Everyone's, or one institution's with `?mspId=`. `&pageSize=` up to 200, `&after=`.")
            .GivesProblems(400);
        pathways.MapGet("/{mspId}/{id}", (string mspId, string id, ProjectedPathways records) =>
                TypedResults.Ok(Require(HasReservedCharacters(mspId, id) ? null : records.FindNewest(mspId, id))))
            .WithSummary("Read the newest version of a pathway")
            .GivesProblems(404);
        pathways.MapGet("/{mspId}/{id}/{version:int:min(1)}", (
                string mspId, string id, int version, ProjectedPathways records) =>
                TypedResults.Ok(Find(mspId, id, version, records)))
            .IsAskedByStandards()
            .WithSummary("Read one version of a pathway")
            .GivesProblems(404);
        pathways.MapPost("/{id}/{version:int:min(1)}/retirement", RetireAsync)
            .Audited("pathway.retire", "pathway")
            .RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Retire one version of an own pathway")
            .WithDescription("No award is issued for it afterwards; what was issued stands.")
            .GivesProblems(401, 403, 404, 409, 503);
    }

    /// <summary>Finds a pathway that an address names.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    internal static Pathway Find(string mspId, string id, int version, ProjectedPathways records) =>
        Require(HasReservedCharacters(mspId, id) ? null : records.Find(mspId, id, version));

    private static Pathway Require(Pathway? pathway) => pathway
        ?? throw new ProblemException(ProblemKind.NotFound, "No pathway of this name is published.");

    private static async Task<Results<Created<Pathway>, Ok<Pathway>>> PublishAsync(
        HttpRequest request, LedgerDoor door, LedgerProjection projection, GatewayServiceOptions options)
    {
        var definition = await RequestBody.ReadAsync<PathwayDefinition>(request);
        var committed = await door.PublishPathwayAsync(definition.Of(options.MspId), CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        var record = committed.Record;
        return committed.ToResult(record, _ => $"/v1/pathways/{record.MspId}/{record.Id}/{record.Version}");
    }

    private static async Task<Ok<Pathway>> RetireAsync(
        string id, int version, LedgerDoor door, LedgerProjection projection)
    {
        var committed = await door.RetirePathwayAsync(id, version, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return TypedResults.Ok(committed.Record);
    }

    private static Ok<Page<Pathway>> List(HttpRequest request, ProjectedPathways records)
    {
        var page = PageRequest.Of(request);
        string? owner = VersionedRecords.OwnerOf(request);
        var found = records.List(
            owner, VersionedRecords.After(page, RecordKey.Pathway), page.Size + 1);
        return TypedResults.Ok(page.Take(found, record => $"{record.MspId}/{record.Id}/{record.Version}") with
        {
            Unreadable = records.Unreadable.LeftOut(RecordKey.PathwayType, owner is null ? [] : [owner]),
        });
    }

    /// <summary>A pathway to be published.</summary>
    public sealed record PathwayDefinition
    {
        /// <summary>The name among the institution's pathways: lower-case letters, digits and hyphens.</summary>
        public required string Id { get; init; }

        /// <summary>The version. Default is 1.</summary>
        public int Version { get; init; } = 1;

        /// <summary>The title.</summary>
        public required string Name { get; init; }

        /// <summary>What it is about.</summary>
        public required string Description { get; init; }

        /// <summary>The own achievement that it leads to.</summary>
        public required AchievementReference Award { get; init; }

        /// <summary>How many ECTS credits must count over all groups.</summary>
        public required double Credits { get; init; }

        /// <summary>The level of the European Qualifications Framework, 1 to 8.</summary>
        public int? EqfLevel { get; init; }

        /// <summary>What counts, group by group.</summary>
        public required IReadOnlyList<PathwayGroup> Groups { get; init; }

        /// <summary>Which achievements count only with others beside them.</summary>
        public IReadOnlyList<PathwayPrerequisite> Prerequisites { get; init; } = [];

        /// <summary>How old a credential may be, in months.</summary>
        public int? NotOlderThanMonths { get; init; }

        /// <summary>Within how many months, from first to last, all that counts must be earned.</summary>
        public int? WithinMonths { get; init; }

        /// <summary>The most credits that count of other institutions' achievements.</summary>
        public double? MaxRecognizedCredits { get; init; }

        internal Pathway Of(string mspId) => new()
        {
            MspId = mspId,
            Id = Id,
            Version = Version,
            Name = Name,
            Description = Description,
            Award = Award,
            Credits = Credits,
            EqfLevel = EqfLevel,
            Groups = Groups,
            Prerequisites = Prerequisites,
            NotOlderThanMonths = NotOlderThanMonths,
            WithinMonths = WithinMonths,
            MaxRecognizedCredits = MaxRecognizedCredits,
        };
    }
}
