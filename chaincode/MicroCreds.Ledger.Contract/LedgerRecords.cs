using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Reads and writes records as canonical JSON under their composite keys.</summary>
internal static class LedgerRecords
{
    /// <summary>Returns the state's key of a record.</summary>
    public static string StateKeyOf(RecordKey key)
    {
        try
        {
            return CompositeKey.Create(key.ObjectType, key.Attributes);
        }
        catch (ArgumentException e)
        {
            throw Refusal.Because(ErrorCodes.InvalidValue, e.Message);
        }
    }

    /// <summary>Returns a record; null where there is none.</summary>
    public static async ValueTask<T?> FindAsync<T>(this TransactionContext context, RecordKey key)
        where T : class => Parse<T>(await context.Stub.GetStateAsync(StateKeyOf(key)));

    /// <summary>Returns the stored forms of several records in one message to the peer, null for each that is absent.
    /// </summary>
    public static ValueTask<IReadOnlyList<byte[]?>> ReadAsync(
        this TransactionContext context, params IEnumerable<RecordKey> keys) =>
        context.Stub.GetStatesAsync([.. keys.Select(StateKeyOf)]);

    /// <summary>Returns all records whose keys begin with these parts.</summary>
    /// <exception cref="ChaincodeException">There are more than that: an answer is whole, or it is none.</exception>
    public static async ValueTask<List<T>> ReadAllAsync<T>(this TransactionContext context, RecordKey prefix, int most)
        where T : class
    {
        var found = new List<T>();
        await foreach (var entry in context.Stub.GetStateByPartialCompositeKeyAsync(
            prefix.ObjectType, prefix.Attributes))
        {
            if (found.Count == most)
            {
                throw Refusal.Because(
                    ErrorCodes.LimitReached,
                    $"More than {most} records of the kind {prefix.ObjectType} lie under "
                    + $"{string.Join('/', prefix.Attributes)}: ask for them page by page.");
            }

            found.Add(Parse<T>(entry.Value));
        }

        return found;
    }

    /// <summary>Reads a stored form.</summary>
    /// <exception cref="ChaincodeException">It is of a form that this contract does not know.</exception>
    [return: NotNullIfNotNull(nameof(stored))]
    public static T? Parse<T>(byte[]? stored)
        where T : class
    {
        try
        {
            return stored is null ? null : LedgerJson.Deserialize<T>(stored);
        }
        catch (JsonException e)
        {
            throw Refusal.Because(
                ErrorCodes.FormatUnknown,
                $"A record of the kind {typeof(T).Name} is of a form that this contract server does not know. Was it "
                + $"written by a newer contract? Then upgrade this server. {e.Message}");
        }
    }

    /// <summary>Returns the members' MSPs; none before the first one registered.</summary>
    public static IReadOnlyList<string> ParseMembers(byte[]? stored) => Parse<Members>(stored)?.MspIds ?? [];

    /// <summary>Writes a record and who must endorse its next change, and tells it as an event.</summary>
    public static ValueTask WriteAsync<T>(
        this TransactionContext context,
        RecordKey key,
        T record,
        string owner,
        IReadOnlyList<string> members,
        string? eventName = null)
        where T : class => context.WriteAsync(key, record, Endorsement.OfRecord(owner, members), eventName);

    /// <summary>Writes a record and who must endorse its next change, and tells it as an event.</summary>
    public static async ValueTask WriteAsync<T>(
        this TransactionContext context,
        RecordKey key,
        T record,
        SignaturePolicyEnvelope policy,
        string? eventName = null)
        where T : class
    {
        byte[] canonical = CanonicalJson.Serialize(record);
        string stateKey = StateKeyOf(key);
        await context.Stub.PutStateAsync(stateKey, canonical);
        await context.Stub.SetStateValidationParameterAsync(stateKey, policy);
        if (eventName is not null) context.Stub.SetEvent(eventName, canonical);
    }

    /// <summary>Returns a record's history, newest first.</summary>
    public static async ValueTask<IReadOnlyList<HistoryEntry<T>>> HistoryAsync<T>(
        this TransactionContext context, RecordKey key)
        where T : class
    {
        var entries = new List<HistoryEntry<T>>();
        await foreach (var change in context.Stub.GetHistoryForKeyAsync(StateKeyOf(key)))
        {
            entries.Add(new(change.TransactionId, LedgerJson.ToMilliseconds(change.Timestamp), Parse<T>(change.Value)));
            if (entries.Count == Limits.MaxHistoryEntries) break;
        }

        return entries;
    }

    /// <summary>Tells whether two records have the same canonical form.</summary>
    public static bool AreSame<T>(T one, T other)
        where T : class => CanonicalJson.Serialize(one).AsSpan().SequenceEqual(CanonicalJson.Serialize(other));

    /// <summary>The transaction's own time, as records keep it.</summary>
    public static DateTimeOffset Time(this TransactionContext context) => LedgerJson.ToMilliseconds(context.Timestamp);
}
