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
