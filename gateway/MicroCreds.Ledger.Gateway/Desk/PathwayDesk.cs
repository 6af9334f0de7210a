using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/pathways: how achievements stack, as a picture and in words.</summary>
internal static class PathwayDesk
{
    private const string Address = DeskAnswers.Address + "/pathways";
    internal const int MaxListed = 1000;
    private const int MaxFormBytes = 16 * 1024;

    public static void MapPathwayPages(this IEndpointRouteBuilder desk)
    {
        const string WhyNot = "It shows the public record, and nothing of a person.";
        desk.MapGet("/pathways", List).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Reader);
        desk.MapGet("/pathways/{mspId}/{id}/{version:int:min(1)}", Show)
            .Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Reader);
        desk.MapPost("/pathways/{id}/{version:int:min(1)}/milestones", SetMilestonesAsync)
            .Audited("pathway.set-milestones", "pathway").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        desk.MapPost("/pathways/{id}/{version:int:min(1)}/retirement", RetireAsync)
            .Audited("pathway.retire", "pathway").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static IResult List(
        HttpContext context, ProjectedPathways pathways, LedgerProjection projection) => DeskAnswers.Page<PathwayList>(
            context, Visit.Of(context),
            (nameof(PathwayList.Pathways), pathways.List(mspId: null, after: null, MaxListed)),
            (nameof(PathwayList.NameOf), (Func<string, string>)(
                mspId => projection.Institutions.GetValueOrDefault(mspId)?.Name ?? mspId)));

    private static IResult Show(
        string mspId, string id, int version, HttpContext context, ProjectedPathways pathways,
        ProjectedRecords records, LedgerProjection projection, MilestoneAwards milestones,
        GatewayServiceOptions options)
    {
        var pathway = PathwayResource.Find(mspId, id, version, pathways);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<PathwayCard>(
            context, visit, (nameof(PathwayCard.Words), new PathwayWords(visit.Text, pathway, records, projection)),
            (nameof(PathwayCard.IsOwn), mspId == options.MspId),
            (nameof(PathwayCard.Milestones), milestones.ListOf(pathway)),
            (nameof(PathwayCard.Steps), StepsOf(pathway, pathways)),
            (nameof(PathwayCard.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static IReadOnlyList<Pathway> StepsOf(Pathway pathway, ProjectedPathways pathways) =>
    [
        .. pathways.List(pathway.MspId, after: null, MaxListed)
            .Where(one => one.RetiredAt is null && one.Id != pathway.Id)
            .GroupBy(one => one.Id).Select(versions => versions.MaxBy(one => one.Version)!)
            .OrderBy(one => one.Credits).ThenBy(one => one.Id, StringComparer.Ordinal),
    ];

    private static async Task<IResult> SetMilestonesAsync(
        string id, int version, HttpContext context, ProjectedPathways pathways, MilestoneAwards milestones,
        GatewayServiceOptions options)
    {
        var pathway = PathwayResource.Find(options.MspId, id, version, pathways);
        var form = await DeskAnswers.ReadFormAsync(context);
        bool isAutomatic = form["automatic"] == "yes";
        await milestones.SetAsync(pathway,
        [
            .. form["step"].OfType<string>().Select(one => one.Split('@')).Where(parts => parts.Length == 2)
                .Select(parts => new MilestoneStep(parts[0], VersionOf(parts[1]), isAutomatic)),
        ]);
        return DeskAnswers.Lead(context, $"{Address}/{pathway.MspId}/{id}/{version}?now=milestones");
    }

    private static int VersionOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;

    private static async Task<IResult> RetireAsync(
        string id, int version, HttpContext context, LedgerDoor door, LedgerProjection projection)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form["understood"] != "yes")
            throw ProblemException.Invalid("/understood", "must be confirmed: retiring cannot be undone.");
        var committed = await door.RetirePathwayAsync(id, version, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        var record = committed.Record;
        return DeskAnswers.Lead(context, $"{Address}/{record.MspId}/{record.Id}/{version}?now=retired");
    }
}
