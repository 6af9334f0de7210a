using System.Data.Common;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

public sealed class FullStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Write_WithoutRoom_IsRefusedAsFullAndWorksAgainWithRoom(int together)
    {
        await using var database = SqliteDatabase.Open(
            Path.Combine(_folder, "full.db"), "FULL", connection => Run(connection, "CREATE TABLE kept (row BLOB)"));
        await WriteAsync(database);
        await database.WriteAsync(connection => Run(connection, "PRAGMA max_page_count=1"));
        var writes = Enumerable.Range(0, together).Select(_ => WriteAsync(database)).ToArray();
        foreach (var write in writes)
            Assert.True((await Assert.ThrowsAsync<StoreUnavailableException>(() => write)).IsFull);
        Assert.Equal(1, Count(database));

        await database.WriteAsync(connection => Run(connection, "PRAGMA max_page_count=100000"));
        await Task.WhenAll(Enumerable.Range(0, together).Select(_ => WriteAsync(database)));
        Assert.Equal(1 + together, Count(database));
    }

    private static Task WriteAsync(SqliteDatabase database) => database.WriteAsync(connection =>
        Run(connection, "INSERT INTO kept VALUES (zeroblob(20000))"));

    private static long Count(SqliteDatabase database)
    {
        using var reader = database.Read();
        return (long)reader.Prepare("SELECT COUNT(*) FROM kept", 0).ExecuteScalar()!;
    }

    private static void Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
