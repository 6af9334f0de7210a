using System.Data.Common;
using MicroCreds.Ledger.Store.Postgres;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>A PostgreSQL database, which several processes may use at once. Thread-safe.</summary>
public sealed class PostgresDatabase : Database
{
    /// <summary>The most connections of one gateway, unless the setting says otherwise.</summary>
    public const int MaxConnections = 32;

    /// <summary>The most statements that a connection keeps prepared, unless the setting says otherwise.</summary>
    private const int MaxPrepared = 100;

    private const int ConnectSeconds = 5;

    // A gateway that vanished in the middle of a write says nothing more, and all others wait for its lock.
    internal const int SilenceSeconds = 10;

    // "mcwriter" as a number: whoever holds this advisory lock is the one who writes.
    private const long WriterLock = 0x6D63_7772_6974_6572;

    // Npgsql has no name for it.
    private const string IdleInTransactionSessionTimeout = "25P03";

    // What PostgreSQL answers while it starts, stops, is full, or is a standby that takes no writes.
    private static readonly string[] UnavailableStates =
    [
        PostgresErrorCodes.AdminShutdown, PostgresErrorCodes.CrashShutdown, PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.TooManyConnections, PostgresErrorCodes.DiskFull, PostgresErrorCodes.OutOfMemory,
        PostgresErrorCodes.ReadOnlySqlTransaction, PostgresErrorCodes.LockNotAvailable,
        PostgresErrorCodes.ConnectionException, PostgresErrorCodes.ConnectionFailure,
        PostgresErrorCodes.InvalidPassword, PostgresErrorCodes.InvalidAuthorizationSpecification,
        PostgresErrorCodes.InvalidCatalogName, IdleInTransactionSessionTimeout,
    ];

    private readonly NpgsqlDataSource _source;
    private readonly string _settings;

    private PostgresDatabase(NpgsqlDataSource source, string settings, string name) =>
        (_source, _settings, Name) = (source, settings, name);

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool IsShared => true;

    internal override string BeginAlone { get; } =
        $"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{SilenceSeconds}s'; "
        + $"SELECT pg_advisory_xact_lock({WriterLock})";

    /// <summary>Opens a database.</summary>
    /// <param name="settings">Npgsql's connection string: <c>Host=…;Database=…</c>.</param>
    /// <param name="password">Its password, if that does not stand in the setting.</param>
    /// <param name="prepare">What brings the database up to date.</param>
    /// <exception cref="StoreException">The setting is not one, or the database cannot be reached.</exception>
    public static PostgresDatabase Open(string settings, string? password, Action<DbConnection> prepare)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(settings);
        }
        catch (ArgumentException exception)
        {
            throw new StoreException($"The database setting cannot be read: {exception.Message}", exception);
        }

        if (!builder.ContainsKey("Maximum Pool Size")) builder.MaxPoolSize = MaxConnections;
        if (!builder.ContainsKey("Max Auto Prepare")) builder.MaxAutoPrepare = MaxPrepared;
        if (!builder.ContainsKey("Timeout")) builder.Timeout = ConnectSeconds;
        if (!builder.ContainsKey("Auto Prepare Min Usages")) builder.AutoPrepareMinUsages = 2;
        if (password is not null) builder.Password = password;
        builder.ApplicationName ??= "microcreds";
        var source = NpgsqlDataSource.Create(builder);
        string name = $"PostgreSQL database {builder.Database} on {builder.Host}:{builder.Port}";
        try
        {
            using var connection = source.OpenConnection();
            prepare(connection);
            return new PostgresDatabase(source, builder.ConnectionString, name);
        }
        catch (Exception exception)
        {
            source.Dispose();
            if (Unavailable(exception) is not { } away) throw;
            throw new StoreException($"{name} cannot be used: {away.InnerException!.Message}", exception);
        }
    }

    /// <summary>Says what a failure is, if it means that the database is out of reach.</summary>
    internal static StoreUnavailableException? Unavailable(Exception exception)
    {
        bool isAway = exception is PostgresException refused
            ? UnavailableStates.Contains(refused.SqlState)
            : exception is NpgsqlException;
        return isAway
            ? new StoreUnavailableException($"The database is out of reach: {exception.Message}", exception)
            {
                IsFull = exception is PostgresException { SqlState: PostgresErrorCodes.DiskFull },
            }
            : null;
    }

    internal override Exception Explain(Exception exception) => Unavailable(exception) ?? exception;

    // An error of a session that goes on says that the transaction was undone; a session that ended says nothing.
    internal override bool MayHaveCommitted(Exception exception) =>
        exception is not PostgresException { InvariantSeverity: "ERROR" };

    /// <inheritdoc/>
    public override LeaderSeat OpenSeat(string instance) => new PostgresSeat(_settings, instance);

    internal override DbConnection OpenWriter() => _source.OpenConnection();

    private protected override ReadSession TakeReader()
    {
        try
        {
            return new ReadSession(_source.OpenConnection());
        }
        catch (NpgsqlException exception)
        {
            throw Explain(exception);
        }
    }

    // Npgsql keeps connections and their prepared statements.
    private protected override void Return(ReadSession session) => session.Dispose();

    private protected override ValueTask CloseAsync() => _source.DisposeAsync();
}
