using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/audit: who did what, the newest first.</summary>
internal static class AuditDesk
{
    private const int PageSize = 50;
    private const int MaxFilterLength = 300;

    public static void MapAuditLog(this IEndpointRouteBuilder desk) => desk.MapGet("/audit", Show)
        .Audited("audit.read")
        .RequireAuthorization(GatewayRoles.Auditor);

    private static IResult Show(HttpContext context, AuditLog log)
    {
        long before = long.MaxValue;
        if (Text("after") is { } after
            && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw ProblemException.Invalid("after", "must be what the page before said.");
        var filter = new AuditFilter(
            Actor: null, Text("action"), Subject: Text("subject"), From: null, Until: null);
        var found = log.List(filter, before, PageSize + 1);
        return DeskAnswers.Page<AuditPage>(
            context, Visit.Of(context), (nameof(AuditPage.Entries), found.Take(PageSize).ToList()),
            (nameof(AuditPage.Action), filter.Action ?? ""), (nameof(AuditPage.Subject), filter.Subject ?? ""),
            (nameof(AuditPage.Next), found.Count > PageSize ? found[PageSize - 1].Number : null));

        string? Text(string name)
        {
            string text = context.Request.Query[name].ToString().Trim();
            if (text.Length > MaxFilterLength)
                throw ProblemException.Invalid(name, $"has more than {MaxFilterLength} characters.");
            return text.Length == 0 ? null : text;
        }
    }
}
