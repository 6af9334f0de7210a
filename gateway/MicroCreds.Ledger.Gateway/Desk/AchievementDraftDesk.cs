using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/achievement-drafts: an achievement is written, seen as learners will see it, published.</summary>
internal static class AchievementDraftDesk
{
    public const string Address = DeskAnswers.Address + "/achievement-drafts";

    private const string Previews = DeskAnswers.Address + "/achievement-previews";
    private const string Subject = "achievement-draft";
    private const int MaxFormBytes = 512 * 1024;

    public static void MapAchievementDraftPages(this IEndpointRouteBuilder desk)
    {
        const string WhyNot = "It shows nothing of a learner.";
        var drafts = desk.MapGroup("/achievement-drafts");
        drafts.MapGet("/new", New).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Issuer);
        drafts.MapPost("", FollowAsync).Audited("achievement-draft.save", Subject).TakesForm();
        drafts.MapGet("/{id}", Edit).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Issuer);
        drafts.MapPost("/{id}", SaveAsync).Audited("achievement-draft.save", Subject).TakesForm();
        drafts.MapPost("/{id}/badge-image", SetImageAsync).Audited("achievement-draft.set-image", Subject).TakesForm();
        drafts.MapPost("/{id}/deletion", DeleteAsync).Audited("achievement-draft.delete", Subject).TakesForm();
        desk.MapGet("/achievement-previews/{id}", Preview).Unaudited(WhyNot).RequireAuthorization(GatewayRoles.Issuer);
        drafts.MapPost("/{id}/publication", PublishAsync).Audited("achievement.publish", "achievement").TakesForm();
    }

    private static void TakesForm(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.Issuer).TakesParameters(PageText.LanguageParameter)
        .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult New(HttpContext context) => Editor(
        context, AchievementForm.New(PageText.Of(context.Request).Language), [], draft: null);

    /// <summary>Begins a new version of what is published.</summary>
    private static async Task<IResult> FollowAsync(HttpContext context, AchievementDrafts drafts)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        _ = int.TryParse(
            form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out int version);
        string id = form["achievement"].ToString();
        if (ValueRules.Id(id, "/achievement") is not null) throw AchievementDrafts.NoAchievement();
        var draft = await drafts.FollowAsync(
            Guid.CreateVersion7().ToString("N"), new AchievementReference(id, version), Caller.Require(context.User));
        return DeskAnswers.Lead(context, $"{Address}/{draft.Id}?now=begun");
    }

    private static IResult Edit(string id, HttpContext context, AchievementDrafts drafts)
    {
        var draft = drafts.Require(id);
        return Editor(context, AchievementForm.Of(draft), [], draft);
    }

    private static async Task<IResult> SaveAsync(
        string id, HttpContext context, AchievementDrafts drafts, SkillList skills)
    {
        if (!Guid.TryParseExact(id, "N", out _)) drafts.Require(id);
        var posted = await DeskAnswers.ReadFormAsync(context);
        var form = AchievementForm.Of(id, posted, skills.FindByUrl);
        string wanted = posted["do"].LastOrDefault() ?? "save";
        if (wanted == "skills") return Editor(context, form, [], drafts.Find(id));

        var content = form.ToDraft(out var faults);
        if (faults.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Editor(context, form, faults, drafts.Find(id));
        }

        var draft = await drafts.SaveAsync(id, form.Revision, content, Caller.Require(context.User));
        if (wanted != "preview") return DeskAnswers.Lead(context, $"{Address}/{id}?now=saved");
        faults = drafts.FaultsOf(draft.Content);
        if (faults.Count == 0) return DeskAnswers.Lead(context, $"{Previews}/{id}");
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Editor(context, AchievementForm.Of(draft), faults, draft);
    }

    private static IResult Editor(
        HttpContext context, AchievementForm form, IReadOnlyList<FieldFault> faults, AchievementDraft? draft,
        ImageException? imageFault = null)
    {
        var services = context.RequestServices;
        var skills = services.GetRequiredService<SkillList>();
        return DeskAnswers.Page<AchievementEditor>(
            context, Visit.Of(context), (nameof(AchievementEditor.Form), form),
            (nameof(AchievementEditor.Faults), faults), (nameof(AchievementEditor.Draft), draft),
            (nameof(AchievementEditor.HasList), skills.IsThere),
            (nameof(AchievementEditor.Found), skills.Find(form.Sought)),
            (nameof(AchievementEditor.Before), draft is null
                ? null : services.GetRequiredService<AchievementDrafts>().BeforeOf(draft.Content)),
            (nameof(AchievementEditor.ImageFault), imageFault),
            (nameof(AchievementEditor.LeftOut), context.Request.Query["leftOut"].LastOrDefault()),
            (nameof(AchievementEditor.Now), context.Request.Query["now"].LastOrDefault()));
    }

    private static async Task<IResult> SetImageAsync(string id, HttpContext context, AchievementDrafts drafts)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var draft = drafts.Require(id);
        try
        {
            var (picture, alternative) = await AchievementDesk.ReadImageAsync(form, context.RequestAborted);
            await drafts.SetImageAsync(
                id, draft.Revision, picture?.Image, picture is null ? null : alternative);
            return DeskAnswers.Lead(
                context,
                $"{Address}/{id}?now={(picture is null ? "noImage" : "image")}{AchievementDesk.LeftOut(picture)}");
        }
        catch (ImageException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Editor(context, AchievementForm.Of(draft), [], draft, exception);
        }
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, AchievementDrafts drafts)
    {
        await DeskAnswers.ReadFormAsync(context);
        await drafts.DeleteAsync(id);
        return DeskAnswers.Lead(context, $"{AchievementDesk.Address}?now=thrownAway");
    }

    private static IResult Preview(
        string id, HttpContext context, AchievementDrafts drafts, IssuingPreview preview)
    {
        var draft = drafts.Require(id);
        var faults = drafts.FaultsOf(draft.Content);
        if (faults.Count > 0) return Editor(context, AchievementForm.Of(draft), faults, draft);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AchievementPreviewed>(
            context, visit, (nameof(AchievementPreviewed.Draft), draft),
            (nameof(AchievementPreviewed.Content), preview.Of(
                draft.Content.ToDefinition(), visit.Text["desk.achievements.sample"])),
            (nameof(AchievementPreviewed.Before), drafts.BeforeOf(draft.Content)));
    }

    private static async Task<IResult> PublishAsync(string id, HttpContext context, AchievementDrafts drafts)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form["understood"] != "yes")
            throw ProblemException.Invalid("/understood", "must be confirmed: what is on the ledger stays there.");
        _ = long.TryParse(
            form["revision"], NumberStyles.None, CultureInfo.InvariantCulture, out long revision);
        var published = await drafts.PublishAsync(id, revision);
        return DeskAnswers.Lead(
            context, $"{AchievementDesk.Address}/{published.Id}/{published.Version}?now=published");
    }
}
