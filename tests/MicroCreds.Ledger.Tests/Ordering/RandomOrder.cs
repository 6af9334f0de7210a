using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.Packages;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(MicroCreds.Ledger.Tests.Ordering.RandomOrder))]
[assembly: TestClassOrderer(typeof(MicroCreds.Ledger.Tests.Ordering.RandomOrder))]
[assembly: TestMethodOrderer(typeof(MicroCreds.Ledger.Tests.Ordering.RandomOrder))]
[assembly: TestCaseOrderer(typeof(MicroCreds.Ledger.Tests.Ordering.RandomOrder))]

namespace MicroCreds.Ledger.Tests.Ordering;

/// <summary>
/// Runs tests in another order each time, so that none can lean on what another left behind; only what takes longest
/// begins first. The seed is printed, and the variable <c>TEST_SEED</c> repeats an order.
/// </summary>
public sealed class RandomOrder : ITestCollectionOrderer, ITestClassOrderer, ITestMethodOrderer, ITestCaseOrderer
{
    /// <summary>The variable that names the seed.</summary>
    public const string Variable = "TEST_SEED";

    /// <summary>What this run's order, and all that tests draw at random, comes from.</summary>
    public static int Seed { get; } = ReadSeed();

    // Their tests come one after the other and take minutes: what begins last would run alone at the end.
    private static readonly string[] Long = [ConsortiumTests.Name, PackedLibrariesTests.Name];

    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [
            .. Shuffle(testCollections, collection => collection.UniqueID)
                .OrderBy(collection => Long.Contains(collection.TestCollectionDisplayName) ? 0 : 1),
        ];

    public IReadOnlyCollection<T?> OrderTestClasses<T>(IReadOnlyCollection<T?> testClasses)
        where T : notnull, ITestClass => Shuffle(testClasses, one => one?.UniqueID);

    public IReadOnlyCollection<T?> OrderTestMethods<T>(IReadOnlyCollection<T?> testMethods)
        where T : notnull, ITestMethod => Shuffle(testMethods, method => method?.UniqueID);

    public IReadOnlyCollection<T> OrderTestCases<T>(IReadOnlyCollection<T> testCases)
        where T : notnull, ITestCase => Shuffle(testCases, test => test.UniqueID);

    /// <summary>Sorts by a hash of name and seed: the same for a few tests as for all of them.</summary>
    private static T[] Shuffle<T>(IReadOnlyCollection<T> tests, Func<T, string?> nameOf) =>
        [.. tests.OrderBy(one => Hash(nameOf(one) ?? ""))];

    private static ulong Hash(string name) => BitConverter.ToUInt64(
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed} {name}")));

    private static int ReadSeed()
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        int seed = string.IsNullOrEmpty(given) ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        Console.WriteLine($"Tests run in the order of seed {seed}; {Variable}={seed} repeats it.");
        return seed;
    }
}
