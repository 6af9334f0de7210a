using System.Collections.Concurrent;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// Counts what this gateway answered, whoever asked: verdicts, and what is recognized where. It keeps nothing of the
/// credentials. What was counted in the last seconds before a crash is lost. Thread-safe.
/// </summary>
public sealed class AnswerCounter(
    AnswerCounts counts, GatewayMetrics metrics, GatewayServiceOptions options, TimeProvider time,
    ILogger<AnswerCounter> logger) : StoreRoutine(Pace, time, logger)
{
    /// <summary>How a verdict is counted: this, and its name.</summary>
    private const string Verdict = "verified.";

    private const string Here = "recognized.here";
    private const string Elsewhere = "recognized.elsewhere";

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private static readonly string[] Verdicts =
        [.. Enum.GetNames<VerdictKind>().Select(kind => Verdict + kind.ToLowerInvariant())];

    private ConcurrentDictionary<string, int> _answered = [];

    /// <summary>Counts a verdict.</summary>
    public void Verified(VerdictKind kind)
    {
        metrics.Verified(kind);
        Count(Verdicts[(int)kind]);
    }

    /// <summary>Counts the credentials of which an answer says that they are recognized.</summary>
    public void Recognized(RecognitionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var one in report.Items)
        {
            if (one.MspId is not { } issuer) continue;
            if (issuer == options.MspId && one.Abroad is null)
            {
                if (one.Recognitions.Any(answer => answer.Recognized && answer.Institution != issuer)) Count(Elsewhere);
            }
            else if (one.Recognitions.Any(answer => answer.Recognized && answer.Institution == options.MspId))
                Count(Here);
        }
    }

    /// <summary>Lists what was answered by month, the oldest first; months without answers are not there.</summary>
    /// <param name="from">The first month, such as <c>2026-11</c>.</param>
    /// <param name="until">The last month.</param>
    public IReadOnlyList<AnsweredMonth> List(string from, string until) =>
    [
        .. counts.List(from, until).GroupBy(one => one.Month).Select(month => new AnsweredMonth(
            month.Key,
            month.Where(one => one.What.StartsWith(Verdict, StringComparison.Ordinal))
                .ToDictionary(one => one.What[Verdict.Length..], one => one.Times),
            month.Where(one => one.What == Here).Sum(one => one.Times),
            month.Where(one => one.What == Elsewhere).Sum(one => one.Times))),
    ];

    /// <inheritdoc/>
    protected override async Task WorkAsync(DateTimeOffset now)
    {
        var answered = Interlocked.Exchange(ref _answered, []);
        if (!answered.IsEmpty) await counts.AddAsync(now, [.. answered]);
    }

    private void Count(string what) => _answered.AddOrUpdate(what, 1, static (_, times) => times + 1);
}

/// <summary>What a gateway answered in a month, whoever asked, and however often about the same credential.</summary>
/// <param name="Month">The month in UTC, such as <c>2026-11</c>.</param>
/// <param name="Verified">How many verifications, by their verdict.</param>
/// <param name="RecognizedHere">How many times another institution's credential was recognized by this one.</param>
/// <param name="RecognizedElsewhere">How many times one of this institution was recognized by another.</param>
public sealed record AnsweredMonth(
    string Month, IReadOnlyDictionary<string, long> Verified, long RecognizedHere, long RecognizedElsewhere);
