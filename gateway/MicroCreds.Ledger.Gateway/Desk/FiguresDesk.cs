using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// /desk/figures: what was issued and withdrawn, by month and by achievement: from the shared ledger, for anyone.
/// </summary>
internal static class FiguresDesk
{
    private const int MaxAchievements = 50;
    private const int Months = 12;

    public static void MapFigures(this IEndpointRouteBuilder desk) => desk.MapGet("/figures", Show);

    private static IResult Show(
        HttpContext context, IssuingStatistics statistics, ProjectedRecords records, GatewayServiceOptions options)
    {
        var counted = statistics.ByAchievement(options.MspId, MaxAchievements + 1);
        return DeskAnswers.Page<Figures>(
            context, Visit.Of(context), (nameof(Figures.Total), statistics.TotalOf(options.MspId)),
            (nameof(Figures.Months), statistics.ByMonth(options.MspId, Months)),
            (nameof(Figures.Achievements), counted.Take(MaxAchievements).Select(one => (
                one.Achievement is { } id ? records.FindNewestAchievement(options.MspId, id)?.Name ?? id : null,
                one.Counts)).ToList()),
            (nameof(Figures.HasMore), counted.Count > MaxAchievements));
    }
}
