using MicroCreds.Ledger.Benchmarks.Reporting;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Two that do the same, in turn, so that whatever else the machine does meets both alike.</summary>
internal static class Contest
{
    public static async Task<(IReadOnlyList<T> Ours, IReadOnlyList<T> Theirs)> RunAsync<T>(
        int rounds, Func<Task<T>> oursAsync, Func<Task<T>>? theirsAsync)
    {
        var (ours, theirs) = (new List<T>(), new List<T>());
        for (int i = 0; i < rounds; i++)
        {
            ours.Add(await oursAsync());
            if (theirsAsync is not null)
            {
                theirs.Add(await theirsAsync());
            }
        }

        return (ours, theirs);
    }

    /// <summary>Adds a row for each side and one for the ratio, which is what the target is about.</summary>
    public static void Report<T>(
        Report report, string name, string unit, IReadOnlyList<T> ours, IReadOnlyList<T> theirs, Func<T, double> value,
        Target? ratio, string official)
    {
        report.Add(new Row { Name = name, Unit = unit, Rounds = [.. ours.Select(value)] });
        if (theirs.Count == 0) return;

        report.Add(new Row { Name = $"  {official}", Unit = unit, Rounds = [.. theirs.Select(value)] });
        report.Add(new Row
        {
            Name = $"  ours ÷ {official}",
            Rounds = [.. ours.Zip(theirs, (mine, other) => value(mine) / value(other))],
            Target = ratio,
        });
    }
}
