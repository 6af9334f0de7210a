using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// Who asked for what the institution put on the ledger. Kept here alone: the ledger knows institutions, not people.
/// Thread-safe.
/// </summary>
public sealed class RecordActors(GatewayStore store)
{
    private const string Select = "SELECT actor FROM record_actor WHERE record = $0";

    /// <summary>Writes down a caller as the store keeps it.</summary>
    public static string Text(Caller caller) => JsonSerializer.Serialize(caller, LedgerJson.Options);

    /// <summary>
    /// Notes who is about to put a status on the ledger, if nobody is: whatever breaks then, <see cref="EndStatus"/>
    /// knows whose it is.
    /// </summary>
    public Task BeginStatusAsync(StatusStatement statement, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO record_actor (record, actor) VALUES ($0, $1)
                  ON CONFLICT (record) DO NOTHING
                """, 2);
            insert.With(BegunOf(statement), Text(caller)).ExecuteNonQuery();
        });
    }

    /// <summary>Forgets who was about to put a status on the ledger that the ledger refused.</summary>
    public Task ForgetStatusAsync(StatusStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM record_actor WHERE record = $0", 1);
            delete.With(BegunOf(statement)).ExecuteNonQuery();
        });
    }

    /// <summary>Whether somebody here was about to put a status on the ledger, and its end is not noted.</summary>
    public bool HasBegun(StatusStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return Find(BegunOf(statement)) is not null;
    }

    /// <summary>Notes, in a transaction, by whom a status that is on the ledger was begun here.</summary>
    /// <returns>Whether that was not noted yet.</returns>
    public static bool EndStatus(DbConnection connection, Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        string begun = BegunOf(status.Statement);
        using var note = connection.Prepare(
            """
            INSERT INTO record_actor (record, actor) SELECT $0, actor FROM record_actor WHERE record = $1
              ON CONFLICT (record) DO NOTHING
            """, 2);
        bool isNew = note.With(OfTransaction(status.TransactionId), begun).ExecuteNonQuery() > 0;
        using var delete = connection.Prepare("DELETE FROM record_actor WHERE record = $0", 1);
        delete.With(begun).ExecuteNonQuery();
        return isNew;
    }

    /// <summary>Finds who changed a status, by its transaction.</summary>
    public Caller? OfStatus(string transactionId) => Find(OfTransaction(transactionId));

    /// <summary>Finds who asked for an issuance, by its id.</summary>
    public Caller? OfIssuance(string id) => Find(OfIssuanceRecord(id));

    /// <summary>Finds who asked for an issuance, in a transaction.</summary>
    public static Caller? OfIssuance(DbConnection connection, string id) => Find(connection, OfIssuanceRecord(id));

    private static string OfIssuanceRecord(string id) => $"issuance:{id}";

    private static string OfTransaction(string transactionId) => $"status:{transactionId}";

    // The ledger takes each number once: what is there by it and is the same state is what was begun.
    private static string BegunOf(StatusStatement statement) =>
        $"begun:{statement.Root}.{statement.Index}.{statement.Sequence}.{statement.State}";

    private Caller? Find(string record)
    {
        using var reader = store.Database.Read();
        return Find(reader.Prepare(Select, 1), record);
    }

    private static Caller? Find(DbConnection connection, string record)
    {
        using var select = connection.Prepare(Select, 1);
        return Find(select, record);
    }

    private static Caller? Find(DbCommand select, string record) => select.With(record).ExecuteScalar() is string actor
        ? JsonSerializer.Deserialize<Caller>(actor, LedgerJson.Options)
        : null;
}
