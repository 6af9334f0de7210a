using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Samples;

internal static class JoinedNumbers
{
    public static string[] Write(
        decimal[] sums, List<int> counts, decimal? rate, IFormattable any, TimeSpan span, object boxed,
        string[] names) =>
    [
        string.Join(",", sums), // MCF0004
        string.Join(',', counts), // MCF0004
        string.Join(",", counts.Select(count => count + 1)), // MCF0004
        string.Join(",", "a", sums[0]), // MCF0004
        string.Concat(sums[0], rate), // MCF0004
        string.Concat(counts), // MCF0004
        string.Join(",", new object[] { "a", sums[0] }), // MCF0004
        string.Join(",", new[] { 1.5 }), // MCF0007
        rate.ToString()!, // MCF0004
        string.Create(null, $"{sums[0]}"), // MCF0004
        any.ToString("0.0", null), // MCF0004
        span.ToString("g"), // MCF0004
        $"{span:G}", // MCF0004
        Convert.ChangeType(boxed, typeof(string)).ToString()!, // MCF0004
        Convert.ToString(boxed)!, // MCF0004
        string.Join(",", names),
        string.Join(",", names.Where(name => name.Length > 0)),
        string.Join(",", "a", names[0]),
        string.Join(",", sums.Select(sum => sum.ToString(CultureInfo.InvariantCulture))),
        string.Concat(names),
        string.Create(CultureInfo.InvariantCulture, $"{sums[0]}"),
        any.ToString("0.0", CultureInfo.InvariantCulture),
        span.ToString(),
        span.ToString("c"),
        $"{span}",
        Convert.ToString(boxed, CultureInfo.InvariantCulture)!,
    ];

    public static void Tell(ILogger logger, decimal sum, int count, HashSet<int> all)
    {
        Debug.WriteLine($"{sum} of {count}");
        Debug.Assert(count > 0, $"{sum}");
        Trace.WriteLine("Sum: " + sum);
        logger.LogDebug("Sum {Sum}", $"{sum}");
        logger.LogInformation(string.Join(",", all));
        string kept = $"{sum}"; // MCF0004
        Debug.WriteLine(kept);
    }
}
