using System.Diagnostics;
using System.Globalization;
using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class ReadDates
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static object[] Read(string text) =>
    [
        DateTime.Parse(text, Culture), // MCF0001
        DateTime.Parse(text), // MCF0001 MCF0004
        DateTime.TryParse(text, Culture, out var tried) ? tried : text, // MCF0001
        DateTime.ParseExact(text, "O", Culture), // MCF0001
        DateTime.ParseExact(text, "yyyy-MM-ddTHH:mm:sszzz", Culture, DateTimeStyles.None), // MCF0001
        DateTime.Parse(text, Culture, DateTimeStyles.AssumeUniversal), // MCF0001
        DateTime.ParseExact(text, "yyyy-MM-dd", Culture, DateTimeStyles.AssumeUniversal), // MCF0001
        DateTime.Parse(text, Culture, DateTimeStyles.RoundtripKind), // MCF0001
        DateTime.Parse(text, Culture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal), // MCF0001
        Convert.ToDateTime(text, Culture), // MCF0001
        DateTimeOffset.Parse(text, Culture), // MCF0001
        DateTimeOffset.Parse(text, Culture, DateTimeStyles.AdjustToUniversal), // MCF0001
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd", Culture), // MCF0001
    ];

    public static object[] ReadAsUtc(string text, DateTimeStyles styles) =>
    [
        DateTime.Parse(text, Culture, DateTimeStyles.AdjustToUniversal),
        DateTime.Parse(text, Culture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        DateTime.ParseExact(text, "O", Culture, DateTimeStyles.AdjustToUniversal),
        DateTime.ParseExact(text, "yyyy-MM-dd", Culture),
        DateTime.Parse(text, Culture, styles),
        DateTimeOffset.Parse(text, Culture, DateTimeStyles.AssumeUniversal),
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm zzz", Culture),
        DateTimeOffset.ParseExact(text, "R", Culture),
        DateOnly.Parse(text, Culture),
    ];

    public static object[] Pin(TransactionContext context, DateTime date)
    {
        DateTimeOffset converted = date; // MCF0001
        DateTimeOffset right = context.Timestamp.UtcDateTime;
        return
        [
            converted, right,
            date.ToUniversalTime(), // MCF0001
            date.ToFileTime(), // MCF0001
            new DateTimeOffset(date), // MCF0001
            DateTime.FromFileTime(1), // MCF0001
            DateTimeOffset.FromFileTime(1), // MCF0001
            new DateTimeOffset(date, TimeSpan.Zero),
            new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc)),
            new DateTimeOffset(context.Timestamp.UtcDateTime.AddDays(1).Date),
            new DateTimeOffset(new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
            context.Timestamp.UtcDateTime.ToUniversalTime(),
            context.Timestamp.ToUniversalTime(),
            DateTime.UnixEpoch.ToUniversalTime(),
            DateTime.FromFileTimeUtc(1),
        ];
    }

    public static object? Trace() => Activity.Current?.StartTimeUtc; // MCF0001

    public static string? Span() => Activity.Current?.Id; // MCF0002

    public static void Tell(string key) => Activity.Current?.SetTag("key", key);

    public static object Used() => Environment.CpuUsage; // MCF0001

    public static void Refuse(string text) =>
        throw new ChaincodeException($"{DateTime.Parse(text, Culture):O} is over.", 400);
}
