using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Takes in what is to be said of many credentials, or tells what it would lead to. Thread-safe.</summary>
public sealed class StatusBatchIntake(
    StatusBatches batches, DocumentStore documents, ProjectedRecords records, GatewayServiceOptions options,
    TimeProvider time)
{
    /// <summary>Finds the credentials that are named, each once.</summary>
    /// <exception cref="ProblemException">There is none, or there are too many.</exception>
    public NamedCredentials Resolve(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count is 0 or > StatusBatches.MaxItems)
        {
            throw ProblemException.Invalid(
                "/credentials", $"must name 1 to {StatusBatches.MaxItems} credentials, and names {names.Count}.");
        }

        var items = new List<StatusBatchItem>();
        var faults = new List<NamedFault>();
        var seen = new Dictionary<(string, int), int>();
        for (int i = 0; i < names.Count; i++)
        {
            if (CredentialAddress.TryResolve(names[i].Trim(), documents, out string reason) is not { } found)
                faults.Add(new NamedFault(i + 1, reason));
            else if (found.MspId is not null && found.MspId != options.MspId)
                faults.Add(new NamedFault(i + 1, $"{found.MspId} issued it: only its issuer changes its status."));
            else if (!seen.TryAdd((found.Root, found.Index), i + 1))
                faults.Add(new NamedFault(i + 1, $"is named before, at {seen[(found.Root, found.Index)]}."));
            else
                items.Add(new StatusBatchItem(i + 1, found.Root, found.Index, StatusItemState.Waiting));
        }

        return new NamedCredentials(items, faults);
    }

    /// <summary>The state that a credential is in, as far as this gateway knows.</summary>
    public string StateOf(StatusBatchItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return records.FindStatus(options.MspId, item.Root, item.Leaf)?.Statement.State ?? CredentialState.InForce;
    }

    /// <summary>Keeps what somebody still looks at.</summary>
    public async Task<string> KeepAsync(NamedCredentials named, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(named);
        string id = NewId();
        await batches.AddAsync(
            Batch(id, StatusBatchState.Draft, wanted: "", reason: null, caller),
            [
                .. named.Items,
                .. named.Faults.Select(fault => new StatusBatchItem(
                    fault.Position, "", 0, StatusItemState.Failed, fault.Reason)),
            ]);
        return id;
    }

    /// <summary>Begins with what somebody has looked at.</summary>
    /// <exception cref="ProblemException">It was begun, or is gone; or the reason is none for that state.</exception>
    public async Task BeginAsync(string id, string wanted, string? reason, Caller caller)
    {
        RequireReason(wanted, reason);
        if (!await batches.BeginAsync(id, wanted, reason, RecordActors.Text(caller)) && batches.Find(id) is null)
        {
            throw new ProblemException(
                ProblemKind.NotFound, "The list is not here any more: it lies here for a day. Make it again.");
        }
    }

    /// <summary>Takes in what is to be done without being looked at.</summary>
    /// <exception cref="ProblemException">A credential is not this gateway's, or the reason is none.</exception>
    public async Task<StatusBatch> AcceptAsync(
        IReadOnlyList<string> names, string wanted, string? reason, Caller caller)
    {
        RequireReason(wanted, reason);
        var named = Resolve(names);
        if (named.Faults.Count > 0)
        {
            throw ProblemException.Invalid(
            [
                .. named.Faults.Take(ProblemResponse.MaxFaults).Select(
                    fault => new FieldFault($"/credentials/{fault.Position - 1}", fault.Reason)),
            ]);
        }

        var batch = Batch(NewId(), StatusBatchState.Running, wanted, reason, caller);
        await batches.AddAsync(batch, named.Items);
        return batch;
    }

    /// <summary>Finds a batch.</summary>
    /// <exception cref="ProblemException">There is none of this id.</exception>
    public StatusBatch Require(string id) => batches.Find(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "This gateway has no status batch of this id.");

    private static void RequireReason(string wanted, string? reason)
    {
        IReadOnlyList<string>? allowed = wanted switch
        {
            // What takes each one's place would have to be said of each.
            CredentialState.Revoked => [.. StatusReason.ForRevocation.Where(one => one != StatusReason.Superseded)],
            CredentialState.Suspended => StatusReason.ForSuspension,
            CredentialState.InForce => [],
            _ => null,
        };
        if (allowed is null)
        {
            throw ProblemException.Invalid(
                "/state",
                $"must be {CredentialState.Revoked}, {CredentialState.Suspended} or {CredentialState.InForce}.");
        }

        if (allowed.Count == 0 && reason is not null)
            throw ProblemException.Invalid("/reason", "is not given for the end of a suspension.");
        if (allowed.Count > 0 && !allowed.Contains(reason))
            throw ProblemException.Invalid("/reason", $"must be one of {string.Join(", ", allowed)}.");
    }

    private string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    private StatusBatch Batch(string id, string state, string wanted, string? reason, Caller caller) => new()
    {
        Id = id,
        State = state,
        Wanted = wanted,
        Reason = reason,
        Actor = RecordActors.Text(caller),
        CreatedAt = time.GetUtcNow(),
    };
}

/// <summary>The credentials that were named.</summary>
/// <param name="Items">Those that are there.</param>
/// <param name="Faults">What of the rest is wrong.</param>
public sealed record NamedCredentials(IReadOnlyList<StatusBatchItem> Items, IReadOnlyList<NamedFault> Faults);

/// <summary>Something that names no credential of this gateway.</summary>
/// <param name="Position">Where it stands, from 1.</param>
/// <param name="Reason">Why not.</param>
public sealed record NamedFault(int Position, string Reason);
