using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>Where a store is.</summary>
/// <param name="Directory">
/// The data directory, which the process then has to itself. Without a database of its own the store is a file in it.
/// </param>
/// <param name="Postgres">The PostgreSQL database, as Npgsql reads it. Default is none.</param>
/// <param name="PasswordFile">A file with its password. Default is none: the setting has it, or PGPASSFILE.</param>
public sealed record StorePlace(string? Directory, string? Postgres = null, string? PasswordFile = null)
{
    /// <summary>The file of a store in a directory.</summary>
    public const string FileName = "store.db";

    /// <summary>Keeps everybody else out of the directory, if there is one.</summary>
    /// <exception cref="StoreException">Another process has it.</exception>
    public DirectoryLock? Take() => Directory is null ? null : DirectoryLock.Take(Directory);

    /// <summary>Opens the database there.</summary>
    /// <param name="prepare">What brings it up to date, or refuses it.</param>
    /// <exception cref="StoreException">It is refused, or out of reach.</exception>
    public Database Open(Action<DbConnection> prepare)
    {
        if (Postgres is null)
        {
            string directory = Directory ?? throw new StoreException("Neither a directory nor a database is named.");
            return SqliteDatabase.Open(Path.Combine(directory, FileName), "FULL", prepare);
        }

        return PostgresDatabase.Open(
            Postgres, PasswordFile is null ? null : File.ReadAllText(PasswordFile).TrimEnd('\r', '\n'), prepare);
    }
}
