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
    /// <summary>Writes down a caller as the store keeps it.</summary>
    public static string Text(Caller caller) => JsonSerializer.Serialize(caller, LedgerJson.Options);

    /// <summary>Notes who changed a status, by its transaction.</summary>
    public Task NoteStatusAsync(string transactionId, Caller caller) => store.Database.WriteAsync(connection =>
    {
        using var insert = connection.Prepare(
            "INSERT INTO record_actor (record, actor) VALUES ($0, $1) ON CONFLICT (record) DO NOTHING", 2);
        insert.With($"status:{transactionId}", Text(caller)).ExecuteNonQuery();
    });

    /// <summary>Finds who changed a status, by its transaction.</summary>
    public Caller? OfStatus(string transactionId) => Find($"status:{transactionId}");

    /// <summary>Finds who asked for an issuance, by its id.</summary>
    public Caller? OfIssuance(string id) => Find($"issuance:{id}");

    private Caller? Find(string record)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT actor FROM record_actor WHERE record = $0", 1).With(record)
            .ExecuteScalar() is string actor
            ? JsonSerializer.Deserialize<Caller>(actor, LedgerJson.Options)
            : null;
    }
}
