using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Finding;
using MicroCreds.Ledger.Gateway.Resources;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/find: a credential by what people know of it.</summary>
internal static class FindDesk
{
    public static void MapFind(this IEndpointRouteBuilder desk) => desk.MapGet("/find", ShowAsync)
        .Audited("credential.search")
        .RequireAuthorization(GatewayRoles.Reader);

    private static async Task<IResult> ShowAsync(
        HttpContext context, CredentialSearch search, OwnAchievements achievements)
    {
        var terms = CredentialListResource.TermsOf(context.Request.Query);
        return DeskAnswers.Page<Find>(
            context, Visit.Of(context), (nameof(Find.Query), context.Request.Query),
            (nameof(Find.Achievements), achievements.List()), (nameof(Find.Found), await search.FindAsync(terms)));
    }
}
