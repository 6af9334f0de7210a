using System.Text.Json;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// What is said against credentials, by the status list that they stand in: read once from the projection, and brought
/// up to date by the changes of the blocks since. Thread-safe.
/// </summary>
public sealed class ListedStatuses(
    LedgerProjection projection, ProjectedRecords records, VerificationOptions verification)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<(string MspId, string List), ListOfStatuses> _lists = [];
    private ulong? _upTo;

    /// <summary>
    /// Tells how often a list was changed since this service started, up to the projection's newest block.
    /// </summary>
    public long VersionOf(StatusListName name)
    {
        lock (_turn)
        {
            CatchUp();
            return _lists.TryGetValue((name.MspId, name.List), out var list) ? list.Version : 0;
        }
    }

    /// <summary>Packs what a list says as of the projection's newest block.</summary>
    /// <param name="name">The list.</param>
    /// <param name="institution">The institution, whose stolen keys are not believed when they bring good news.</param>
    public (Bitstring Bits, long Version) Read(StatusListName name, Institution institution)
    {
        lock (_turn)
        {
            CatchUp();
            var list = _lists.GetValueOrDefault((name.MspId, name.List)) ?? new ListOfStatuses();
            var set = list.Entries.Values.Where(entry => IsSet(entry, name.Purpose, institution))
                .Select(entry => entry.Position);
            return (Bitstring.Of(Limits.StatusListSize, set), list.Version);
        }
    }

    private bool IsSet(Entry entry, string purpose, Institution institution) => purpose == StatusPurpose.Revocation
        ? entry.State == CredentialState.Revoked
        : entry.State == CredentialState.Suspended || (entry.Reinstated is { } by && !IsBelieved(by, institution));

    // As the verifier judges it: a thief could have lifted the suspension.
    private bool IsBelieved((string KeyId, DateTimeOffset At) reinstated, Institution institution) =>
        institution.Keys.FirstOrDefault(key => key.Id == reinstated.KeyId) is { } key
        && !(reinstated.At + verification.TransactionClockSkew >= key.CompromisedSince);

    private void CatchUp()
    {
        // Taken first: what is read afterwards is at least as new.
        if (projection.Head is not { } head || head.Block <= _upTo)
            return;
        if (_upTo is { } seen)
        {
            foreach (byte[] payload in records.ListPayloads(EventNames.StatusChanged, (long)seen))
            {
                var changed = JsonSerializer.Deserialize<Status>(payload, LedgerJson.Options)!.Statement;
                if (records.FindStatus(changed.MspId, changed.Root, changed.Index) is { } status)
                    Take(status);
            }
        }
        else
        {
            foreach (var status in records.ListStatuses())
                Take(status);
        }

        _upTo = head.Block;
    }

    private void Take(Status status)
    {
        var statement = status.Statement;
        if (records.FindIssuance(statement.MspId, statement.Root)?.Record.Statement is not { } issuance
            || StatusListOrder.PositionOf(issuance, statement.Index) is not { } position)
            return;
        if (!_lists.TryGetValue((issuance.MspId, issuance.StatusList), out var list))
            _lists[(issuance.MspId, issuance.StatusList)] = list = new ListOfStatuses();
        list.Version++;

        // By the credential, not by the position: should two ever share one, the worse news holds for both.
        list.Entries[(statement.Root, statement.Index)] = new Entry(
            position, statement.State,
            statement.State == CredentialState.InForce ? (statement.KeyId, status.ChangedAt) : null);
    }

    private sealed class ListOfStatuses
    {
        public Dictionary<(string Root, int Index), Entry> Entries { get; } = [];

        public long Version { get; set; }
    }

    private sealed record Entry(int Position, string State, (string KeyId, DateTimeOffset At)? Reinstated);
}
