using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Resources;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/keys: who may do what here: people by the rules of their sign-on, programs by their keys.</summary>
internal static class KeysDesk
{
    private const string Address = DeskAnswers.Address + "/keys";
    private const string Kind = "api-key";

    public static void MapKeys(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/keys", (HttpContext context, ApiKeyRing ring) => Show(context, ring, made: null, fault: null))
            .Unaudited("It names programs and changes nothing.").RequireAuthorization(GatewayRoles.Registrar);
        desk.MapPost("/keys", MakeAsync)
            .Audited("api-key.make", Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
        desk.MapPost("/keys/{id}/withdrawal", WithdrawAsync)
            .Audited("api-key.withdraw", Kind).RequireAuthorization(GatewayRoles.Registrar)
            .TakesParameters(PageText.LanguageParameter);
    }

    private static IResult Show(
        HttpContext context, ApiKeyRing ring, ApiKeyResource.CreatedApiKey? made, string? fault)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<GatewayServiceOptions>();
        return DeskAnswers.Page<Keys>(
            context, Visit.Of(context), (nameof(Keys.ApiKeys), ring.List()), (nameof(Keys.Made), made),
            (nameof(Keys.Fault), fault), (nameof(Keys.SignOn), options.SignOn),
            (nameof(Keys.Institution),
                services.GetRequiredService<LedgerProjection>().Institutions.GetValueOrDefault(options.MspId)),
            (nameof(Keys.IsWithdrawn), context.Request.Query["now"] == "withdrawn"));
    }

    /// <summary>The key stands in this one answer: it is not led to another page, which could not show it.</summary>
    private static async Task<IResult> MakeAsync(HttpContext context, ApiKeyRing ring)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var wanted = new ApiKeyResource.NewApiKey
        {
            Name = form["name"].ToString().Trim(),
            Roles = [.. form["role"].OfType<string>()],
        };
        try
        {
            return Show(context, ring, await ApiKeyResource.MakeAsync(wanted, ring), fault: null);
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.InvalidRequest)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return Show(context, ring, made: null, PageText.Of(context.Request)["desk.keys.faulty"]);
        }
    }

    private static async Task<IResult> WithdrawAsync(
        string id, HttpContext context, ApiKeyWithdrawals withdrawals)
    {
        await DeskAnswers.ReadFormAsync(context);
        if (await withdrawals.WithdrawAsync(id) is null)
            throw new ProblemException(ProblemKind.NotFound, "There is no API key of this id.");
        return DeskAnswers.Lead(context, $"{Address}?now=withdrawn");
    }
}
