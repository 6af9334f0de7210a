using System.Globalization;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>Random small questions, against a reference that tries everything.</summary>
public sealed class RandomPlanTests(ITestOutputHelper output)
{
    private const int Cases = 200;

    /// <summary>
    /// What was once found to be wrong: a plan called impossible that needs a later finish, and a step that is of no
    /// use any more dropped although nothing is the worse for it.
    /// </summary>
    [Theory]
    [InlineData(106997)]
    [InlineData(109096)]
    public void Plan_QuestionThatWasAnsweredWrongly_IsAsIfEverythingWereTried(int seed) => Assert.DoesNotContain(
        "fault", new PlanComparison(RandomPlans.Draw(new Random(seed))).Compare(), StringComparison.Ordinal);

    /// <summary>The number of cases can be set by the environment variable PLANNING_CASES.</summary>
    [Fact]
    public void Plan_RandomSmallQuestions_IsAsIfEverythingWereTried()
    {
        int cases = int.TryParse(
            Environment.GetEnvironmentVariable("PLANNING_CASES"), CultureInfo.InvariantCulture, out int asked)
            ? asked : Cases;
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < cases; i++)
        {
            string kind = new PlanComparison(RandomPlans.Draw(new Random(unchecked(seed + i)))).Compare();
            Assert.False(kind.StartsWith("fault", StringComparison.Ordinal), $"seed {unchecked(seed + i)}: {kind}");
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }

        // All kinds of outcome must have come up, or the comparison is worth little.
        output.WriteLine(string.Join(", ", seen));
        foreach (string kind in (string[])["0 steps", "1 steps", "2 steps", "no plan"])
            Assert.True(seen.ContainsKey(kind), $"no case was {kind}; seed {seed}");
    }
}
