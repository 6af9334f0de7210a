using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Store;

/// <summary>The store cannot be used as it is, or cannot be reached.</summary>
public class StoreException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The database is out of reach, full, or does not take writes; nothing was changed.</summary>
public sealed class StoreUnavailableException(string message, Exception cause) : StoreException(message, cause)
{
    /// <summary>Whether there is no room for what was to be written.</summary>
    public bool IsFull { get; init; }

    /// <summary>Finds out whether a failure means that the database is out of reach.</summary>
    public static StoreUnavailableException? Of(Exception exception) =>
        exception as StoreUnavailableException
        ?? PostgresDatabase.Unavailable(exception) ?? SqliteDatabase.Unavailable(exception);
}

/// <summary>
/// The connection was lost while a commit was under way: what was written may be there or not. Nobody may be told that
/// nothing was kept.
/// </summary>
public sealed class StoreOutcomeUnknownException(string message, Exception cause) : StoreException(message, cause);

/// <summary>The file of a database is damaged: it can neither be read nor be written with any certainty.</summary>
public sealed class StoreDamagedException(string path, Exception cause) : StoreException(
    $"The database {path} is damaged ({cause.Message}). Stop what uses it, keep the file aside with those beside it "
    + "that end in -wal and -shm, put its backup in its place (scripts/restore.sh, or a copy of the data directory), "
    + "and run microcreds store check on it.",
    cause)
{
    // Of sqlite3.h.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>Whether a failure means that a file is damaged.</summary>
    public static bool IsDamage(Exception exception) => exception is StoreDamagedException
        or SqliteException { SqliteErrorCode: Corrupt or NotADatabase };
}
