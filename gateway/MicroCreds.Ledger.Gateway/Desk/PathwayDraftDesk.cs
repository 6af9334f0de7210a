using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/pathway-drafts: a pathway is written, seen as a picture, published. Nothing of a draft is
/// kept.</summary>
internal static class PathwayDraftDesk
{
    public const string Address = DeskAnswers.Address + "/pathway-drafts";

    private const string WhyNot = "Nothing is kept of a draft, and it shows nothing of a learner.";
    private const string Drop = "drop ";
    private const int MaxFormBytes = 256 * 1024;

    public static void MapPathwayDrafts(this IEndpointRouteBuilder desk)
    {
        var drafts = desk.MapGroup("/pathway-drafts");
        drafts.MapGet("/new", (Delegate)Begin).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Issuer);
        drafts.MapGet("/{id}/{version:int:min(1)}", Follow).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Issuer);
        drafts.MapPost("", (Delegate)ContinueAsync).Unaudited(WhyNot).TakesDraft();
        drafts.MapPost("/publication", PublishAsync).Audited("pathway.publish", "pathway").TakesDraft();
    }

    private static void TakesDraft(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.Issuer).TakesParameters(PageText.LanguageParameter)
        .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult Begin(HttpContext context) =>
        Editor(context, new PathwayForm { Groups = [new PathwayGroupForm()] }, []);

    private static IResult Follow(
        string id, int version, HttpContext context, ProjectedPathways pathways, GatewayServiceOptions options)
    {
        var from = PathwayResource.Find(options.MspId, id, version, pathways);
        int newest = pathways.FindNewest(options.MspId, id)?.Version ?? version;
        return Editor(context, PathwayForm.After(from, newest + 1), []);
    }

    private static async Task<IResult> ContinueAsync(HttpContext context)
    {
        var posted = await DeskAnswers.ReadFormAsync(context);
        var form = PathwayForm.Of(posted);
        string wanted = posted["do"].LastOrDefault() ?? "preview";
        if (wanted == "group" && form.Groups.Count < Limits.MaxPathwayGroups)
            return Editor(context, form with { Groups = [.. form.Groups, new PathwayGroupForm()] }, []);
        if (wanted.StartsWith(Drop, StringComparison.Ordinal)
            && int.TryParse(wanted.AsSpan(Drop.Length), out int dropped))
            return Editor(context, form with { Groups = [.. form.Groups.Where((_, i) => i != dropped)] }, []);
        if (wanted != "preview") return Editor(context, form, []);

        var (definition, faults) = form.ToDefinition();
        if (faults.Count == 0)
        {
            var visit = Visit.Of(context);
            return DeskAnswers.Page<PathwayPreviewed>(
                context, visit, (nameof(PathwayPreviewed.Form), form),
                (nameof(PathwayPreviewed.Words), WordsOf(context, visit, definition)));
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Editor(context, form, faults);
    }

    private static async Task<IResult> PublishAsync(HttpContext context, LedgerDoor door, LedgerProjection projection)
    {
        var posted = await DeskAnswers.ReadFormAsync(context);
        var form = PathwayForm.Of(posted);
        var (definition, faults) = form.ToDefinition();
        if (faults.Count == 0 && posted["understood"] != "yes")
            throw ProblemException.Invalid("/understood", "must be confirmed: what is on the ledger stays there.");
        try
        {
            if (faults.Count == 0)
            {
                var options = context.RequestServices.GetRequiredService<GatewayServiceOptions>();
                var committed = await door.PublishPathwayAsync(
                    definition.Of(options.MspId), CancellationToken.None);
                await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
                var record = committed.Record;
                return DeskAnswers.Lead(
                    context,
                    $"{DeskAnswers.Address}/pathways/{record.MspId}/{record.Id}/{record.Version}?now=published");
            }
        }
        catch (LedgerRefusedException refused)
        {
            // The contract has the rules: what nobody could ever meet, circles, achievements that are not there.
            faults = [new FieldFault(refused.Field ?? "", refused.Message)];
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Editor(context, form, faults);
    }

    private static PathwayWords WordsOf(
        HttpContext context, Visit visit, PathwayResource.PathwayDefinition definition)
    {
        var services = context.RequestServices;
        string mspId = services.GetRequiredService<GatewayServiceOptions>().MspId;
        return new PathwayWords(
            visit.Text, definition.Of(mspId), services.GetRequiredService<ProjectedRecords>(),
            services.GetRequiredService<LedgerProjection>());
    }

    private static IResult Editor(HttpContext context, PathwayForm form, IReadOnlyList<FieldFault> faults)
    {
        var services = context.RequestServices;
        return DeskAnswers.Page<PathwayEditor>(
            context, Visit.Of(context), (nameof(PathwayEditor.Form), form), (nameof(PathwayEditor.Faults), faults),
            (nameof(PathwayEditor.Own), services.GetRequiredService<OwnAchievements>().List()),
            (nameof(PathwayEditor.Offered), services.GetRequiredService<OwnAchievements>().ListAll()),
            (nameof(PathwayEditor.Institutions), services.GetRequiredService<LedgerProjection>().Institutions));
    }
}
