using System.Data.Common;
using EvolveDb;
using EvolveDb.Migration;
using MicroCreds.Ledger.Store;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>The way from one version of a store to the next.</summary>
public sealed class SchemaTests
{
    // What the gateway made before there were versions, to the letter.
    private const string BeforeVersions =
        """
        CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS api_key (
          id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL,
          created_at INTEGER NOT NULL, revoked_at INTEGER) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS status_list (number INTEGER PRIMARY KEY, used INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS issuance (
          number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
          fingerprint BLOB UNIQUE, body_hash BLOB NOT NULL, state TEXT NOT NULL, request BLOB, size INTEGER NOT NULL,
          created_at INTEGER NOT NULL, root TEXT, statement BLOB, transaction_id TEXT, issued_at INTEGER, refusal TEXT);
        CREATE INDEX IF NOT EXISTS issuance_root ON issuance (root);
        CREATE INDEX IF NOT EXISTS issuance_unfinished ON issuance (state) WHERE state IN ('accepted', 'ready');
        CREATE TABLE IF NOT EXISTS credential (
          id BLOB PRIMARY KEY, issuance INTEGER NOT NULL, leaf INTEGER NOT NULL, row INTEGER NOT NULL,
          document BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS credential_row ON credential (issuance, row);
        CREATE INDEX IF NOT EXISTS credential_leaf ON credential (issuance, leaf);
        CREATE TABLE IF NOT EXISTS awarded (issuance INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS left_out (issuance INTEGER PRIMARY KEY, rows BLOB NOT NULL);
        INSERT INTO setting VALUES ('secret', x'0102030405060708091011121314151617181920212223242526272829303132');
        INSERT INTO status_list VALUES (1, 2048);
        INSERT INTO issuance VALUES (
          7, 'seven', 'credential', x'07', x'aa', 'issued', NULL, 1, 5, 'root', '{"a":1}', 'transaction', 6, NULL);
        INSERT INTO credential VALUES (x'00112233445566778899aabbccddeeff', 7, 0, 1, x'01');
        INSERT INTO awarded VALUES (7, x'0100000000000000010000000302000000000000000100000003');
        INSERT INTO left_out VALUES (7, '[]');
        """;

    // The last version with a row for each key of an award.
    private const int WideVersion = 28;

    private const string WideRows =
        """
        INSERT INTO issuance (number, id, kind, body_hash, state, size, created_at, root)
          VALUES (7, 'seven', 'batch', '', 'issued', 3, 5, 'root'),
            (8, 'eight', 'credential', '', 'ready', 1, 5, 'other');
        INSERT INTO credential (id, issuance, leaf, row, document, template) VALUES
          ('\x00112233445566778899aabbccddee01', 7, 2, 1, '\x01', NULL),
          ('\x00112233445566778899aabbccddee02', 7, 1, 2, '\x01', NULL),
          ('\x00112233445566778899aabbccddee03', 7, 0, 3, '\x01', 5);
        INSERT INTO award (issuance, ordinal, key, row, kinds) VALUES
          (7, 0, 11, 1, 7), (7, 1, 12, 1, 7), (7, 2, 13, 1, 7), (7, 3, 14, 1, 7),
          (7, 4, 21, 2, 2), (7, 5, 23, 2, 2), (7, 6, 31, 3, 0), (8, 0, 11, 1, 4), (8, 1, 33, 1, 4);
        """;

    [Fact]
    public async Task StoreFromBeforeVersions_IsCarriedOverWithEveryRow()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using (var old = await OpenAsync(sample)) old.Run(BeforeVersions);
        await using (var store = await GatewayStore.OpenAsync(sample.Place))
        {
            Assert.Equal(1, store.Secret[0]);
            var document = new DocumentStore(store).Find(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
            Assert.Equal("root", document!.Root);
            FoundAward? found = null;
            var keys = new AwardKeys(1, [2], 3);
            await new IssuanceStore(store).AddBatchAsync(
                SampleStore.New(IssuanceKind.Batch, 0), null, [keys], index =>
                {
                    found = index.Find(keys, _ => true);
                    return new AdmittedRows([], [], [], []);
                });
            Assert.Equal((7, true), (found!.Issuance, found.IsSamePerson));
        }

        await using var after = await OpenAsync(sample);
        Assert.Equal(Schema.Known, Schema.VersionOf(after));
        string[] tables = ["setting", "status_list", "credential", "awarded", "left_out"];
        foreach (string table in tables)
            Assert.Equal(1L, after.Prepare($"SELECT count(*) FROM {table}", 0).ExecuteScalar());
    }

    [Fact]
    public async Task Postgres_StoreOfWideRows_KeepsItsCredentialsAndAwards_InNarrowRows()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        await using (var database = sample.Place.Open(connection => Schema.Migrate(connection, WideVersion)))
        {
            await database.WriteAsync(connection => connection.Run(WideRows));
        }

        AwardKeys[] all = [new(11, [12, 13, 14], 7), new(21, [23], 2), new(31, [], 0), new(11, [33], 4)];
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var documents = new DocumentStore(store);
        Assert.Equal([1, 2, 3], documents.List(7, afterRow: 0, count: 9).Select(one => one.Row));
        Assert.Equal(2, documents.Find("root", 1)!.Document.Row);
        Assert.Equal(5, documents.Find(Guid.Parse("00112233-4455-6677-8899-aabbccddee03"))!.Document.Kept.Template);

        // By each of its keys a row is found, and no other.
        await new IssuanceStore(store).LookAsync(all, index =>
        {
            Assert.Equal((7, 1, 7), Place(index.Find(all[0], _ => true)));
            foreach (ulong key in all[0].Identities) Assert.Equal((7, 1, 7), Place(Assert.Single(index.ListOf(key))));
            Assert.Equal((7, 2, 2), Place(index.Find(all[1], _ => true)));
            Assert.Equal((7, 3, 0), Place(index.Find(all[2], _ => true)));
            (long, int, int)[] both = [(7, 1, 7), (8, 1, 4)];
            Assert.Equal(both, index.ListOf(11).Select(Place));
            return true;
        });
        static (long, int, int) Place(FoundAward? found) => (found!.Issuance, found.Row, found.Kinds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StoreNewerThanTheProgram_IsRefused_WithBothVersions(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using (var store = await GatewayStore.OpenAsync(sample.Place))
        {
            await store.Database.WriteAsync(connection => connection.Run(
                $"""
                INSERT INTO schema_version (type, version, description, name, installed_by, success)
                  VALUES (0, '{Schema.Known + 10}', 'later', 'later', '', {(isPostgres ? "TRUE" : "1")})
                """));
        }

        var refused = await Assert.ThrowsAsync<StoreException>(() => GatewayStore.OpenAsync(sample.Place));
        Assert.Contains($"version {Schema.Known + 10}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"version {Schema.Known}:", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MigrationThatFailed_IsNotDone_AndIsTriedAgain(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using DbConnection connection = isPostgres
            ? new NpgsqlConnection(sample.Place.Postgres) : await OpenAsync(sample);
        if (isPostgres) await connection.OpenAsync(TestContext.Current.CancellationToken);
        new Evolve(connection)
        {
            EmbeddedResourceAssemblies = [typeof(Schema).Assembly],
            EmbeddedResourceFilters = [$"MicroCreds.Ledger.Store.Migrations.{(isPostgres ? "Postgres" : "Sqlite")}"],
            MetadataTableName = "schema_version",
            TargetVersion = new MigrationVersion($"{Schema.Known - 1}"),
        }.Migrate();

        // As after a last one that failed: nothing of it is there, and it is noted as that.
        connection.Run(
            $"""
            INSERT INTO schema_version (type, version, description, name, checksum, installed_by, success)
              VALUES (0, '{Schema.Known}', 'failed', 'failed', '', '', {(isPostgres ? "FALSE" : "0")})
            """);
        Assert.True(Schema.VersionOf(connection) < Schema.Known);
        Schema.Upgrade(connection);
        Assert.Equal(Schema.Known, Schema.VersionOf(connection));
        Assert.Equal(0L, connection.Prepare("SELECT COUNT(*) FROM presentation", 0).ExecuteScalar());
    }

    [Fact]
    public async Task Postgres_TwoInstancesStartAtOnce_OneMakesTheSchema()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Task.Run(() => GatewayStore.OpenAsync(sample.Place))));
        Assert.All(stores, store => Assert.Equal(stores[0].Secret, store.Secret));
        foreach (var store in stores) await store.DisposeAsync();
    }

    private static async Task<SqliteConnection> OpenAsync(SampleStore sample)
    {
        var connection = new SqliteConnection(
            $"Data Source={Path.Combine(sample.Folder, StorePlace.FileName)};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
