using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/achievements/…/offering: when an achievement can be taken, which plans go by.</summary>
internal static class OfferingDesk
{
    private const int MaxFormBytes = 128 * 1024;

    public static void MapOfferingPages(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/achievements/{id}/offering", Show)
            .Unaudited("It shows the public record, and nothing of a person.")
            .RequireAuthorization(GatewayRoles.Reader);
        desk.MapPost("/achievements/{id}/offering", SetAsync)
            .Audited("offering.set", "achievement").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    /// <summary>Where an achievement's is.</summary>
    public static string AddressOf(string id) => $"{AchievementDesk.Address}/{id}/offering";

    private static IResult Show(
        string id, HttpContext context, ProjectedRecords records, Offerings offerings, GatewayServiceOptions options)
    {
        var achievement = Require(records, options.MspId, id);
        var standing = offerings.Find(options.MspId, id);
        return Answer(context, achievement, OfferingForm.Of(standing), [], standing?.ChangedAt, refusal: null);
    }

    private static async Task<IResult> SetAsync(
        string id, HttpContext context, ProjectedRecords records, LedgerDoor door, LedgerProjection projection,
        GatewayServiceOptions options)
    {
        var achievement = Require(records, options.MspId, id);
        var form = OfferingForm.Of(await DeskAnswers.ReadFormAsync(context));
        var (definition, faults) = form.Read();
        if (faults.Count > 0) return Answer(context, achievement, form, faults, changedAt: null, refusal: null);
        try
        {
            var committed = await door.SetOfferingAsync(
                new Offering(options.MspId, id, definition), CancellationToken.None);
            await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        }
        catch (Exception exception) when (ProblemTranslation.Translate(exception) is { Kind.Status: 400 } problem)
        {
            // What must come before may name what nobody has published: the ledger alone knows.
            return Answer(context, achievement, form, ["/startsAfter"], changedAt: null, problem.Message);
        }

        return DeskAnswers.Lead(context, $"{AddressOf(id)}?now=set");
    }

    private static IResult Answer(
        HttpContext context, Achievement achievement, OfferingForm form, IReadOnlyList<string> faults,
        DateTimeOffset? changedAt, string? refusal)
    {
        if (faults.Count > 0) context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return DeskAnswers.Page<OfferingEditor>(
            context, Visit.Of(context), (nameof(OfferingEditor.Achievement), achievement),
            (nameof(OfferingEditor.Entered), form), (nameof(OfferingEditor.Faults), faults),
            (nameof(OfferingEditor.ChangedAt), changedAt), (nameof(OfferingEditor.Refusal), refusal),
            (nameof(OfferingEditor.IsSet), context.Request.Query["now"] == "set"));
    }

    private static Achievement Require(ProjectedRecords records, string mspId, string id) =>
        (ValueRules.Id(id, "/id") is null ? records.FindNewestAchievement(mspId, id) : null)
        ?? throw AchievementDrafts.NoAchievement();
}
