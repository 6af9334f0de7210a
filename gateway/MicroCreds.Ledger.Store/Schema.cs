using System.Data.Common;
using System.Globalization;
using EvolveDb;
using EvolveDb.Migration;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>The store's schema: which version a store has, and the way to the one that this program knows.</summary>
public static class Schema
{
    /// <summary>Where the versions are written that a store has gone through.</summary>
    private const string HistoryTable = "schema_version";

    private static readonly string Folder = typeof(Schema).Namespace + ".Migrations.";

    /// <summary>The version that this program knows.</summary>
    public static int Known { get; } = LatestOf("Sqlite");

    /// <summary>Reads a store's version; 0 if it is empty, or from before versions were written.</summary>
    public static int VersionOf(DbConnection connection)
    {
        if (!HasTable(connection, HistoryTable)) return 0;

        // Versions are texts there, and 10 comes after 9. One that failed is noted, too, and is tried again.
        using var select = connection.Prepare(
            $"SELECT MAX(CAST(version AS INTEGER)) FROM {HistoryTable} WHERE version IS NOT NULL AND success", 0);
        return select.ExecuteScalar() is { } version and not DBNull
            ? Convert.ToInt32(version, CultureInfo.InvariantCulture)
            : 0;
    }

    /// <summary>Brings a store to the version that this program knows, under a lock, or refuses a newer one.</summary>
    /// <exception cref="StoreException">It is newer than the program, or cannot be brought up to date.</exception>
    public static void Upgrade(DbConnection connection)
    {
        RequireKnown(connection);
        if (VersionOf(connection) != Known) Migrate(connection, Known);
    }

    /// <summary>Brings a store to a version, the one that this program knows or an earlier one.</summary>
    internal static void Migrate(DbConnection connection, int version)
    {
        var evolve = new Evolve(connection)
        {
            EmbeddedResourceAssemblies = [typeof(Schema).Assembly],
            EmbeddedResourceFilters = [Folder + EngineOf(connection)],
            MetadataTableName = HistoryTable,
            IsEraseDisabled = true,
            TargetVersion = new MigrationVersion(version.ToString(CultureInfo.InvariantCulture)),

            // An index over millions of rows takes its time.
            CommandTimeout = 0,
        };
        try
        {
            evolve.Migrate();
        }
        catch (EvolveException exception)
        {
            throw new StoreException(
                $"The store cannot be brought to version {version}: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses a store that a newer program has changed.</summary>
    /// <exception cref="StoreException">It is newer.</exception>
    public static void RequireKnown(DbConnection connection)
    {
        int version = VersionOf(connection);
        if (version > Known)
        {
            throw new StoreException(
                $"""
                The store has version {version} and this program knows version {Known}: a newer program has used it.
                Start that one again, or restore the copy that was made before the upgrade.
                """.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Refuses a store that is not of the version that this program knows.</summary>
    /// <exception cref="StoreException">It is older or newer.</exception>
    public static void RequireCurrent(DbConnection connection)
    {
        RequireKnown(connection);
        int version = VersionOf(connection);
        if (version < Known)
        {
            throw new StoreException(
                $"The store has version {version} and this program knows version {Known}: run `store upgrade` first.");
        }
    }

    internal static bool HasTable(DbConnection connection, string table)
    {
        using var select = connection.Prepare(
            connection is NpgsqlConnection
                ? "SELECT 1 FROM pg_tables WHERE tablename = $0 AND schemaname = current_schema()"
                : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $0", 1);
        return select.With(table).ExecuteScalar() is not null;
    }

    private static string EngineOf(DbConnection connection) => connection is NpgsqlConnection ? "Postgres" : "Sqlite";

    private static int LatestOf(string engine) => typeof(Schema).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith($"{Folder}{engine}.V", StringComparison.Ordinal))
        .Max(name => int.Parse(
            name[(Folder.Length + engine.Length + 2)..name.IndexOf("__", StringComparison.Ordinal)],
            CultureInfo.InvariantCulture));
}
