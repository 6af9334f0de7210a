using System.Globalization;
using MicroCreds.Ledger.Tests.Ordering;
using Xunit;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>
/// Random histories of a consortium, walked with the product, and held against a reference that is written from the
/// rules alone. What differs is shrunk to the steps that it takes, and told with its seed.
/// </summary>
public sealed class HistoryTests
{
    /// <summary>The variable that says how many histories are walked.</summary>
    private const string Count = "TEST_HISTORIES";

    private const int UsualCount = 100;

    private const int MaxTold = 5;

    [Fact]
    public async Task RandomHistories_HeldAgainstTheReference_SayTheSame()
    {
        int count = int.TryParse(
            Environment.GetEnvironmentVariable(Count), NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
            ? asked
            : UsualCount;
        await using var beginning = await History.BeginAsync();
        await beginning.CloseAsync();
        var told = new Dictionary<string, string>();
        for (int i = 0; i < count && told.Count < MaxTold; i++)
        {
            int seed = unchecked(RandomOrder.Seed + i);
            var steps = History.Draw(seed);
            if (await History.WalkAsync(beginning, steps) is not { } difference) continue;
            (steps, difference) = await History.ShrinkAsync(beginning, steps, difference);

            // One fault shows in many histories: each is told once.
            told.TryAdd(
                string.Join(", ", steps.Select(step => step.Name)),
                $"{RandomOrder.Variable}={seed} {Count}=1 repeats it; it takes no more than:\n"
                + string.Join("\n", steps.Select(step => $"  {step}"))
                + $"\n{difference}");
        }

        Assert.True(told.Count == 0, string.Join("\n\n", told.Values));
    }
}
