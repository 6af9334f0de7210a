using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/achievements: what the institution publishes, version by version, and what is done to it.</summary>
internal static class AchievementDesk
{
    public const string Address = DeskAnswers.Address + "/achievements";

    internal const int MaxListed = 2000;
    internal const int MaxDrafts = 200;
    private const int MaxFormBytes = 16 * 1024;

    /// <summary>A picture, and the form around it.</summary>
    public const int MaxImageFormBytes = CheckedImage.MaxBytes + (64 * 1024);

    public static void MapAchievementPages(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/achievements", List)
            .Unaudited("It shows the public record, and nothing of a person.")
            .RequireAuthorization(GatewayRoles.Reader);
        var one = desk.MapGroup("/achievements/{id}/{version:int:min(1)}");
        one.MapGet("", Show)
            .Unaudited("It shows the public record, and nothing of a person.")
            .RequireAuthorization(GatewayRoles.Reader);
        one.MapPost("/retirement", RetireAsync)
            .Audited("achievement.retire", "achievement").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        one.MapPost("/badge-image", SetImageAsync)
            .Audited("achievement.set-image", "achievement").RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxImageFormBytes));
    }

    /// <summary>Reads the picture that a form sends; nothing if it takes one away.</summary>
    /// <exception cref="ImageException">It is none that is taken, or does not say what it shows.</exception>
    public static async Task<(CheckedImage? Picture, string Alternative)> ReadImageAsync(
        IFormCollection form, CancellationToken cancellationToken)
    {
        if (form.ContainsKey("remove")) return (null, "");
        string alternative = form["alternative"].LastOrDefault()?.Trim() ?? "";
        if (ValueRules.Text(alternative, "/alternative", CheckedImage.MaxAlternativeLength) is not null)
            throw new ImageException("alternative", "Say what the picture shows.");
        using var memory = new MemoryStream();
        if (form.Files.GetFile("image") is { } file) await file.CopyToAsync(memory, cancellationToken);
        return (CheckedImage.Of(memory.ToArray()), alternative);
    }

    private static IResult List(
        HttpContext context, ProjectedRecords records, IssuingStatistics statistics, AchievementDrafts drafts,
        GatewayServiceOptions options) => DeskAnswers.Page<AchievementList>(
            context, Visit.Of(context),
            (nameof(AchievementList.Published), records.ListAchievements(options.MspId, after: null, MaxListed)),
            (nameof(AchievementList.Issued), statistics.ByVersion(options.MspId)),
            (nameof(AchievementList.Drafts), drafts.List(before: null, MaxDrafts)),
            (nameof(AchievementList.Now), context.Request.Query["now"].LastOrDefault()));

    private static IResult Show(string id, int version, HttpContext context) => Card(context, id, version, fault: null);

    private static IResult Card(HttpContext context, string id, int version, ImageException? fault)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<GatewayServiceOptions>();
        var achievement = Require(services.GetRequiredService<ProjectedRecords>(), options.MspId, id, version);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AchievementCard>(
            context, visit, (nameof(AchievementCard.Achievement), achievement),
            (nameof(AchievementCard.Content), services.GetRequiredService<IssuingPreview>().Of(
                achievement, visit.Text["desk.achievements.sample"])),
            (nameof(AchievementCard.Badge), services.GetRequiredService<BadgeImages>().Find(id, version)),
            (nameof(AchievementCard.Issued), services.GetRequiredService<IssuingStatistics>().ByVersion(options.MspId)
                .GetValueOrDefault(new AchievementReference(id, version))),
            (nameof(AchievementCard.IsNewest),
                services.GetRequiredService<AchievementDrafts>().NextVersionOf(id) == version + 1),
            (nameof(AchievementCard.ImageFault), fault),
            (nameof(AchievementCard.LeftOut), context.Request.Query["leftOut"].LastOrDefault()),
            (nameof(AchievementCard.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static async Task<IResult> RetireAsync(
        string id, int version, HttpContext context, LedgerDoor door, LedgerProjection projection)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form["understood"] != "yes")
            throw ProblemException.Invalid("/understood", "must be confirmed: retiring cannot be undone.");
        var committed = await door.RetireAchievementAsync(id, version, CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return DeskAnswers.Lead(context, $"{Address}/{committed.Record.Id}/{version}?now=retired");
    }

    private static async Task<IResult> SetImageAsync(string id, int version, HttpContext context, BadgeImages images)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        try
        {
            var (picture, alternative) = await ReadImageAsync(form, context.RequestAborted);
            await images.SetAsync(id, version, picture?.Image, alternative);
            return DeskAnswers.Lead(
                context, $"{Address}/{id}/{version}?now={(picture is null ? "noImage" : "image")}{LeftOut(picture)}");
        }
        catch (ImageException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Card(context, id, version, exception);
        }
    }

    /// <summary>The end of an address that says what was left out of a picture.</summary>
    public static string LeftOut(CheckedImage? picture) => picture is not { LeftOut.Count: > 0 }
        ? "" : "&leftOut=" + Uri.EscapeDataString(string.Join(", ", picture.LeftOut.Take(12)));

    private static Achievement Require(ProjectedRecords records, string mspId, string id, int version) =>
        (ValueRules.Id(id, "/id") is null ? records.FindAchievement(mspId, id, version) : null)
        ?? throw AchievementDrafts.NoAchievement();
}
