using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Resources;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/audit: who did what, the newest first.</summary>
internal static class AuditDesk
{
    private const int PageSize = 50;

    public static void MapAuditLog(this IEndpointRouteBuilder desk) => desk.MapGet("/audit", Show)
        .Audited("audit.read")
        .RequireAuthorization(GatewayRoles.Auditor);

    private static IResult Show(HttpContext context, AuditLog log, AuditSubject subjects)
    {
        long before = long.MaxValue;
        if (DeskQuery.TextOf(context, "after") is { } after
            && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw ProblemException.Invalid("after", "must be what the link to the next page says.");
        var filter = AuditResource.FilterOf(context.Request.Query, subjects);
        var found = log.List(filter, before, PageSize + 1);
        return DeskAnswers.Page<AuditPage>(
            context, Visit.Of(context), (nameof(AuditPage.Entries), found.Take(PageSize).ToList()),
            (nameof(AuditPage.Asked), new Dictionary<string, string?>
            {
                // A credential that was asked for stands here as what the entries call it.
                ["subject"] = filter.Subject,
                ["action"] = filter.Action,
                ["actor"] = filter.Actor,
                ["from"] = DeskQuery.TextOf(context, "from")?.Trim(),
                ["until"] = DeskQuery.TextOf(context, "until")?.Trim(),
            }),
            (nameof(AuditPage.Next), found.Count > PageSize ? found[PageSize - 1].Number : null));
    }
}
