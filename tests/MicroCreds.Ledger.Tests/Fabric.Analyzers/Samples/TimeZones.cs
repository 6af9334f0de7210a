using System.Globalization;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class TimeZones
{
    public static string Day(TransactionContext context) =>
        context.Timestamp.LocalDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture); // MCF0001

    public static string Closing(TransactionContext context)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"); // MCF0001
        var local = TimeZoneInfo.ConvertTime(context.Timestamp, zone); // MCF0001
        return local.ToString("O");
    }
}
