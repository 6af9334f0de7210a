using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Takes batches in, or tells what one would lead to. Thread-safe.</summary>
public sealed class BatchIntake(
    AchievementCatalog catalog, GatewayStore store, IssuanceStore issuances, IssuanceBuilder builder, Outbox outbox,
    StandingAwards standing, WebhookMessages messages, Approvals approvals, TimeProvider time)
{
    /// <summary>
    /// Takes a batch in; from then on it is issued whatever breaks, and only once. What somebody else has to approve,
    /// or what is for a day to come, is kept until then.
    /// </summary>
    /// <param name="body">The rows.</param>
    /// <param name="isList">Whether they are a JSON list, and not one a line.</param>
    /// <param name="key">Names the request; empty if the body alone tells it.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="terms">What goes with it. Default is to issue now.</param>
    /// <exception cref="ProblemException">A row is broken, or asks for a decision; nothing was changed.</exception>
    public async Task<TakenBatch> AcceptAsync(
        byte[] body, bool isList, string key, Caller caller, IssuingTerms? terms = null)
    {
        terms ??= IssuingTerms.Now;
        var now = time.GetUtcNow();
        var rows = await Task.Run(() => BatchRows.Read(body, isList, catalog, store.Secret, now));
        var fingerprint = RequestFingerprint.Of(
            store, key, IssuanceKind.Batch, rows.Canonical.Span, isKnownByItsBody: true);
        if (issuances.FindByFingerprint(fingerprint.Fingerprint!) is null)
        {
            if (approvals.FindHeld(fingerprint) is { } held)
                return new TakenBatch(null, held);
            if (approvals.Holds(rows.Count, terms))
            {
                rows.RequireFaultless();
                builder.RequireReady();
                await issuances.LookAsync(
                    [.. rows.Awards.Select(row => row.Keys)],
                    index => BatchAdmission.Of(rows.Awards, index, standing.Stands));
                return new TakenBatch(null, await approvals.KeepAsync(
                    IssuanceKind.Batch, rows.Canonical, rows.Count, fingerprint, caller, terms));
            }
        }

        return new TakenBatch(await AcceptAsync(rows, fingerprint, caller, terms.Source), null);
    }

    /// <summary>Takes in what was kept until now.</summary>
    /// <param name="lines">The canonical rows, one a line.</param>
    /// <param name="fingerprint">How the request is known again.</param>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="source">Where the rows are from.</param>
    /// <exception cref="ProblemException">It cannot be issued any more as it was asked for.</exception>
    internal async Task<StoredIssuance> ReleaseAsync(
        byte[] lines, RequestFingerprint fingerprint, Caller caller, IssuanceSource source) =>
        await AcceptAsync(
            await Task.Run(() => BatchRows.Read(lines, isList: false, catalog, store.Secret, time.GetUtcNow())),
            fingerprint, caller, source);

    private async Task<StoredIssuance> AcceptAsync(
        BatchRows rows, RequestFingerprint fingerprint, Caller caller, IssuanceSource? source)
    {
        if (issuances.FindByFingerprint(fingerprint.Fingerprint!) is not { } batch)
        {
            rows.RequireFaultless();

            // Says at once if the institution or its key is missing, or if it left: it would wait for ever.
            builder.RequireReady();
            batch = await AddAsync(
                new StoredIssuance
                {
                    Number = 0,
                    Id = Guid.NewGuid().ToString("N"),
                    Kind = IssuanceKind.Batch,
                    BodyHash = fingerprint.BodyHash,
                    State = IssuanceState.Accepted,
                    Size = rows.Count,
                    CreatedAt = time.GetUtcNow(),
                    Actor = RecordActors.Text(caller),
                },
                fingerprint.Fingerprint, rows, source);
            if (batch.State == IssuanceState.Accepted)
                outbox.Add(batch.Number);
        }

        fingerprint.RequireSame(batch);
        return batch;
    }

    /// <summary>Tells what a batch would lead to, row by row, and changes nothing.</summary>
    /// <param name="body">The rows.</param>
    /// <param name="isList">Whether they are a JSON list, and not one a line.</param>
    /// <exception cref="ProblemException">They are no rows at all, or too many.</exception>
    public async Task<BatchPreview> PreviewAsync(byte[] body, bool isList)
    {
        builder.RequireReady();
        return await PreviewAsync(
            await Task.Run(() => BatchRows.Look(body, isList, catalog, store.Secret, time.GetUtcNow())));
    }

    /// <summary>Tells what rows would lead to, taking them as they come, and changes nothing.</summary>
    /// <param name="requests">The rows, each a request as JSON.</param>
    public async Task<BatchPreview> PreviewAsync(IEnumerable<byte[]> requests)
    {
        builder.RequireReady();
        return await PreviewAsync(
            await Task.Run(() => BatchRows.Look(requests, catalog, store.Secret, time.GetUtcNow())));
    }

    private async Task<BatchPreview> PreviewAsync(BatchRows rows) => BatchPreview.Of(rows, await issuances.LookAsync(
        [.. rows.Awards.Select(row => row.Keys)],
        index => BatchAdmission.Sort(rows.Awards, index, standing.Stands)));

    private async Task<StoredIssuance> AddAsync(
        StoredIssuance batch, byte[]? fingerprint, BatchRows rows, IssuanceSource? source)
    {
        try
        {
            var (stored, _) = await issuances.AddBatchAsync(
                batch, fingerprint, [.. rows.Awards.Select(row => row.Keys)],
                index => BatchAdmission.Of(rows.Awards, index, standing.Stands).ToStore(rows.Canonical),
                messages.OfBatch(batch, IssuanceState.Issued, size: 0, batch.CreatedAt), source);
            return stored;
        }
        catch (StoreOutcomeUnknownException)
        {
            // If it is kept, it is issued; this request cannot tell.
            outbox.LookAgain();
            throw;
        }
    }
}

/// <summary>What a batch that was sent has become: one of the two.</summary>
/// <param name="Batch">A batch, which is issued whatever breaks.</param>
/// <param name="Held">A request that waits for somebody's approval, or for its day.</param>
public sealed record TakenBatch(StoredIssuance? Batch, IssuingRequest? Held);
