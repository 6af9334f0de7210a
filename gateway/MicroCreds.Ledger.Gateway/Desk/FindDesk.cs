using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/find: a credential by what people know of it.</summary>
internal static class FindDesk
{
    private const string Address = DeskAnswers.Address + "/find";

    public static void MapFind(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/find", ShowAsync).Audited("credential.search").RequireAuthorization(GatewayRoles.Reader);
        desk.MapPost("/find/views", SaveAsync)
            .Audited("saved-view.add", "saved-view").RequireAuthorization(GatewayRoles.Reader)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/find/views/{id}/removal", RemoveAsync)
            .Audited("saved-view.remove", "saved-view").RequireAuthorization(GatewayRoles.Reader)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static async Task<IResult> SaveAsync(HttpContext context, SavedViews views, TimeProvider time)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var kept = await SavedViewResource.KeepAsync(
            new SavedViewResource.WantedView
            {
                Name = form["name"].ToString().Trim(),
                Query = form["query"].ToString(),
            },
            context, views, time);
        return DeskAnswers.Lead(context, $"{Address}{kept.Query}");
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, SavedViews views)
    {
        await DeskAnswers.ReadFormAsync(context);
        await views.RemoveAsync(SavedViewResource.OwnerOf(context), id);
        return DeskAnswers.Lead(context, Address);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, CredentialSearch search, OwnAchievements achievements, SavedViews views)
    {
        var terms = CredentialListResource.TermsOf(context.Request.Query);
        return DeskAnswers.Page<Find>(
            context, Visit.Of(context), (nameof(Find.Query), context.Request.Query),
            (nameof(Find.Achievements), achievements.List()), (nameof(Find.Found), await search.FindAsync(terms)),
            (nameof(Find.Views), views.List(SavedViewResource.OwnerOf(context))));
    }
}
