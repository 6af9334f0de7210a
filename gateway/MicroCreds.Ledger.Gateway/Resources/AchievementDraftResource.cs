using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/achievement-drafts and /v1/skills: achievements that are written and not yet published.</summary>
public static class AchievementDraftResource
{
    private const string Kind = "achievement-draft";
    private const string Address = "/v1/achievement-drafts";

    private static readonly DraftToKeep Example = new()
    {
        Content = new DraftedAchievement { Id = "data-literacy", Name = "Data Literacy for Everyone", Credits = 3 },
    };

    public static void MapAchievementDrafts(this IEndpointRouteBuilder routes)
    {
        var drafts = routes.MapGroup(Address).WithTags("Achievement drafts");
        drafts.MapGet("", List)
            .Unaudited("It shows nothing of a learner.").RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("List drafts of achievements, newest first")
            .WithDescription("`?pageSize=` up to 200, `&after=`.").GivesProblems(400, 401, 403);
        drafts.MapPost("", CreateAsync)
            .Audited("achievement-draft.save", Kind).RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Keep a draft of an achievement")
            .WithDescription("Anything may be missing; `faults` names what publishing would refuse.")
            .TakesJson(Example).GivesProblems(400, 401, 403, 413, 415);
        drafts.MapGet("/{id}", (string id, AchievementDrafts all, PublicAddress address) =>
                TypedResults.Ok(DraftAnswer.Of(all, all.Require(id), address)))
            .Unaudited("It shows nothing of a learner.").RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Read a draft").GivesProblems(401, 403, 404);
        drafts.MapPut("/{id}", ReplaceAsync)
            .Audited("achievement-draft.save", Kind).RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Write a draft anew")
            .WithDescription("`revision` is the one that was read; if somebody wrote in between, the answer is 409.")
            .TakesJson(Example with { Revision = 1 }).GivesProblems(400, 401, 403, 404, 409, 413, 415);
        drafts.MapDelete("/{id}", DeleteAsync)
            .Audited("achievement-draft.delete", Kind).RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Throw a draft away").GivesProblems(401, 403, 404);
        drafts.MapPut("/{id}/badge-image", PutImageAsync)
            .Audited("achievement-draft.set-image", Kind).RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Have a draft show a picture, which the published version then shows")
            .TakesJson(new BadgeImageUpload { Content = [], Alternative = "A blue hexagon with a bar chart" })
            .GivesProblems(400, 401, 403, 404, 409, 413, 415);
        drafts.MapPost("/{id}/publication", PublishAsync)
            .Audited("achievement.publish", "achievement").RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Publish a draft on the ledger; the draft goes")
            .TakesJson(new DraftToPublish { Revision = 1 }).GivesProblems(400, 401, 403, 404, 409, 413, 415, 503);
        routes.MapGet("/v1/skills", FindSkills).TakesParameters("q").WithTags("Achievement drafts")
            .Unaudited("It shows a public list.").RequireAuthorization(GatewayRoles.Issuer)
            .WithSummary("Find skills in the institution's list")
            .WithDescription("`?q=` words that names begin with. The list is a file of ESCO that the gateway is given.")
            .GivesProblems(401, 403);
    }

    private static Ok<Page<DraftAnswer>> List(
        HttpContext context, AchievementDrafts drafts, PublicAddress address)
    {
        var page = PageRequest.Of(context.Request);
        var found = drafts.List(page.AfterId, page.Size + 1);
        return TypedResults.Ok(
            page.Take([.. found.Select(one => DraftAnswer.Of(drafts, one, address))], one => one.Id));
    }

    private static async Task<Created<DraftAnswer>> CreateAsync(
        HttpContext context, AchievementDrafts drafts, PublicAddress address)
    {
        var sent = await RequestBody.ReadAsync<DraftToKeep>(context.Request);
        if (sent.Revision != 0) throw ProblemException.Invalid("/revision", "must be left out of a new draft.");
        var draft = await drafts.SaveAsync(
            Guid.CreateVersion7().ToString("N"), 0, sent.Content, Caller.Require(context.User));
        return TypedResults.Created($"{Address}/{draft.Id}", DraftAnswer.Of(drafts, draft, address));
    }

    private static async Task<Ok<DraftAnswer>> ReplaceAsync(
        string id, HttpContext context, AchievementDrafts drafts, PublicAddress address)
    {
        var sent = await RequestBody.ReadAsync<DraftToKeep>(context.Request);
        drafts.Require(id);
        if (sent.Revision < 1) throw ProblemException.Invalid("/revision", "must be the one that was read.");
        var draft = await drafts.SaveAsync(id, sent.Revision, sent.Content, Caller.Require(context.User));
        return TypedResults.Ok(DraftAnswer.Of(drafts, draft, address));
    }

    private static async Task<NoContent> DeleteAsync(string id, AchievementDrafts drafts)
    {
        await drafts.DeleteAsync(id);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<DraftAnswer>> PutImageAsync(
        string id, HttpContext context, AchievementDrafts drafts, PublicAddress address)
    {
        var upload = await RequestBody.ReadAsync<BadgeImageUpload>(context.Request);
        string alternative = BadgeImages.RequireAlternative(upload.Alternative);
        var picture = BadgeImages.Require(upload.Content);
        var draft = await drafts.SetImageAsync(id, drafts.Require(id).Revision, picture.Image, alternative);
        return TypedResults.Ok(DraftAnswer.Of(drafts, draft, address));
    }

    private static async Task<Created<Achievement>> PublishAsync(
        string id, HttpContext context, AchievementDrafts drafts)
    {
        var sent = await RequestBody.ReadAsync<DraftToPublish>(context.Request);
        var published = await drafts.PublishAsync(id, sent.Revision);
        return TypedResults.Created(
            $"/v1/achievements/{published.MspId}/{published.Id}/{published.Version}", published);
    }

    private static Ok<SkillsAnswer> FindSkills(HttpContext context, SkillList skills) =>
        TypedResults.Ok(new SkillsAnswer(skills.Find(context.Request.Query["q"].LastOrDefault() ?? "")));

    /// <summary>A draft to be kept.</summary>
    public sealed record DraftToKeep
    {
        /// <summary>The revision that was read; left out for a new draft.</summary>
        public long Revision { get; init; }

        /// <summary>What is written so far.</summary>
        public required DraftedAchievement Content { get; init; }
    }

    /// <summary>A draft to be published.</summary>
    public sealed record DraftToPublish
    {
        /// <summary>The revision that was looked at: another is not published.</summary>
        public required long Revision { get; init; }
    }

    /// <summary>Skills that were found.</summary>
    /// <param name="Items">The skills, the nearest first.</param>
    public sealed record SkillsAnswer(IReadOnlyList<Skill> Items);

    /// <summary>A draft.</summary>
    public sealed record DraftAnswer
    {
        /// <summary>Names it.</summary>
        public required string Id { get; init; }

        /// <summary>How often it was written.</summary>
        public required long Revision { get; init; }

        /// <summary>What is written so far.</summary>
        public required DraftedAchievement Content { get; init; }

        /// <summary>What publishing would refuse; empty once it can be published.</summary>
        public required IReadOnlyList<FieldFault> Faults { get; init; }

        /// <summary>Who wrote it last.</summary>
        public required Caller ChangedBy { get; init; }

        /// <summary>When.</summary>
        public required DateTimeOffset ChangedAt { get; init; }

        /// <summary>Its picture.</summary>
        public BadgeImageAnswer? BadgeImage { get; init; }

        internal static DraftAnswer Of(AchievementDrafts drafts, AchievementDraft draft, PublicAddress address) => new()
        {
            Id = draft.Id,
            Revision = draft.Revision,
            Content = draft.Content,
            Faults = drafts.FaultsOf(draft.Content),
            ChangedBy = draft.ChangedBy,
            ChangedAt = draft.Stored.ChangedAt,
            BadgeImage = draft.Stored is { Image: { } image, Alternative: { } alternative }
                ? BadgeImageAnswer.Of(address, image, alternative, []) : null,
        };
    }
}
