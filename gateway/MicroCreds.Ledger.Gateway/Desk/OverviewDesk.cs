using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk: what there is to do, what waits, and what was done.</summary>
internal static class OverviewDesk
{
    private const int Months = 6;

    public static void MapOverview(this IEndpointRouteBuilder desk) => desk.MapGet("", Show)
        .Unaudited("It shows figures of the public record, and nothing of a person.")
        .RequireAuthorization(GatewayRoles.Any);

    private static IResult Show(
        HttpContext context, IssuingStatistics statistics, GatewayServiceOptions options, Outbox outbox) =>
        DeskAnswers.Page<Overview>(
            context, Visit.Of(context), (nameof(Overview.Total), statistics.TotalOf(options.MspId)),
            (nameof(Overview.Months), statistics.ByMonth(options.MspId, Months)),
            (nameof(Overview.Waiting), outbox.Waiting));
}
