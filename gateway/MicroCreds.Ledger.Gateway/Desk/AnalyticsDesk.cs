using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// /desk/analytics: how people learn, from what they chose to share, in numbers that hide small groups.
/// </summary>
internal static class AnalyticsDesk
{
    /// <summary>Where it is.</summary>
    public const string Address = "/desk/analytics";

    public static void MapAnalyticsPage(this IEndpointRouteBuilder desk) => desk.MapGet("/analytics", Show)
        .Unaudited("It counts, and hides small groups.")
        .RequireAuthorization(GatewayRoles.Any);

    private static IResult Show(HttpContext context, SharedAnalytics analytics) => DeskAnswers.Page<AnalyticsPage>(
        context, Visit.Of(context), (nameof(AnalyticsPage.Counted), analytics.Count()));
}
