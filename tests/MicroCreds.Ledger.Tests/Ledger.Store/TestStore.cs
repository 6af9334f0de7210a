using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// The engine that gateways of the tests keep their stores in: SQLite, or PostgreSQL if the variable <c>TEST_STORE</c>
/// says so.
/// </summary>
internal static class TestStore
{
    public const string Variable = "TEST_STORE";

    private static readonly Lazy<Task<byte[]>> Made = new(MakeFileAsync);

    /// <summary>Whether gateways run on PostgreSQL.</summary>
    public static bool IsPostgres { get; } = Read();

    /// <summary>The settings of a new store for a gateway; none if it is a file in the data directory.</summary>
    public static async Task<string[]> NewAsync()
    {
        if (!IsPostgres) return [];
        PostgresCluster.Require();
        var cluster = await PostgresCluster.SharedAsync();
        return ["Database=" + await cluster.CreateStoreAsync()];
    }

    /// <summary>
    /// Puts a store into a data directory that nobody has used yet: what a store goes through until it has its tables
    /// is tested by itself (<see cref="SchemaTests"/>), and not by every gateway anew.
    /// </summary>
    public static async Task LayAsync(string directory)
    {
        string path = Path.Combine(directory, StorePlace.FileName);
        if (IsPostgres || File.Exists(path)) return;

        byte[] content = await Made.Value;
        await using var file = PrivateFile.Open(path, FileMode.CreateNew);
        await file.WriteAsync(content);
    }

    /// <summary>Skips a test of what only a file does.</summary>
    public static void RequireFile(string why) => Assert.SkipWhen(IsPostgres, why);

    private static async Task<byte[]> MakeFileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("store-");
        string path = Path.Combine(folder.FullName, StorePlace.FileName);
        await using (SqliteDatabase.Open(path, "OFF", Schema.Upgrade))
        {
            // Closed, all of it is in one file.
        }

        byte[] content = await File.ReadAllBytesAsync(path);
        folder.Delete(recursive: true);
        return content;
    }

    private static bool Read() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"{Variable} is {other}: it must be sqlite or postgres."),
    };
}
