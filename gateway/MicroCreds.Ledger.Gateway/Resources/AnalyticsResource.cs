using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/analytics: how people learn, in numbers that hide small groups.</summary>
public static class AnalyticsResource
{
    public static void MapAnalytics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/analytics", (SharedAnalytics analytics) => TypedResults.Ok(analytics.Count()))
            .WithTags("Statistics")
            .WithSummary("Count how people learn")
            .WithDescription(
                "How many of those who share their progress have the first groups of a pathway complete; what is "
                + "earned next after what; what is asked for of this institution's achievements, beside what was "
                + $"issued. Numbers of people are rounded down to multiples of {Crowd.Step}, and those below are "
                + "absent; what was shared this month is not counted yet. `/progress/sharing` tells learners the same.")
            .Unaudited("It counts, and hides small groups.")
            .RequireAuthorization(GatewayRoles.Any)
            .GivesProblems(401);
}
