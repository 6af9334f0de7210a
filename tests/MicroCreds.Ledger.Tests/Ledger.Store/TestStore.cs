using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// The engine that gateways of the tests keep their stores in: SQLite, or PostgreSQL if the variable <c>TEST_STORE</c>
/// says so.
/// </summary>
internal static class TestStore
{
    public const string Variable = "TEST_STORE";

    /// <summary>Whether gateways run on PostgreSQL.</summary>
    public static bool IsPostgres { get; } = Read();

    /// <summary>The settings of a new store for a gateway; none if it is a file in the data directory.</summary>
    public static async Task<string[]> NewAsync()
    {
        if (!IsPostgres) return [];
        PostgresCluster.Require();
        var cluster = await PostgresCluster.SharedAsync();
        return ["Database=" + await cluster.CreateDatabaseAsync()];
    }

    /// <summary>Skips a test of what only a file does.</summary>
    public static void RequireFile(string why) => Assert.SkipWhen(IsPostgres, why);

    private static bool Read() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"{Variable} is {other}: it must be sqlite or postgres."),
    };
}
