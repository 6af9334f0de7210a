using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>The part of a form that says on which day something is to be issued.</summary>
internal static class DueForm
{
    public const string Day = "dueDay";
    public const string Hour = "dueHour";
    public const string Zone = "dueZone";

    /// <summary>Reads it; nothing if no day is named.</summary>
    /// <exception cref="Problems.ProblemException">It cannot be read, or is past.</exception>
    public static DueTime? Read(HttpContext context, IFormCollection form)
    {
        string day = form[Day].LastOrDefault()?.Trim() ?? "";
        if (day.Length == 0) return null;

        var services = context.RequestServices;
        string hour = form[Hour].LastOrDefault()?.Trim() is { Length: > 0 } given ? given : "00:00";
        string zone = form[Zone].LastOrDefault()?.Trim() is { Length: > 0 } named
            ? named : services.GetRequiredService<GatewayServiceOptions>().TimeZone;
        return DueTime.Read($"{day}T{hour}", zone, services.GetRequiredService<TimeProvider>().GetUtcNow());
    }
}
