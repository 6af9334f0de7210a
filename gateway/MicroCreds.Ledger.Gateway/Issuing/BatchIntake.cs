using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Takes batches in, or tells what one would lead to. Thread-safe.</summary>
public sealed class BatchIntake(
    AchievementCatalog catalog, GatewayStore store, IssuanceStore issuances, IssuanceBuilder builder, Outbox outbox,
    StandingAwards standing, WebhookMessages messages, TimeProvider time)
{
    /// <summary>How many faults one row can have, and more.</summary>
    private const int MaxFaultsPerRow = 12;

    /// <summary>Takes a batch in; from then on it is issued whatever breaks, and only once.</summary>
    /// <param name="body">The rows.</param>
    /// <param name="isList">Whether they are a JSON list, and not one a line.</param>
    /// <param name="key">Names the request; empty if the body alone tells it.</param>
    /// <param name="caller">Who asks.</param>
    /// <exception cref="ProblemException">A row is broken, or asks for a decision; nothing was changed.</exception>
    public async Task<StoredIssuance> AcceptAsync(byte[] body, bool isList, string key, Caller caller)
    {
        var now = time.GetUtcNow();
        var rows = await Task.Run(() => BatchRows.Read(body, isList, catalog, now));
        var fingerprint = RequestFingerprint.Of(
            store, key, IssuanceKind.Batch, rows.Canonical.Span, isKnownByItsBody: true);
        if (issuances.FindByFingerprint(fingerprint.Fingerprint!) is not { } batch)
        {
            rows.RequireFaultless();

            // Says at once if the institution or its key is missing.
            builder.RequireReady();
            var awards = await Task.Run(() => rows.Awards(store.Secret));
            batch = await AddAsync(
                new StoredIssuance
                {
                    Number = 0,
                    Id = Guid.NewGuid().ToString("N"),
                    Kind = IssuanceKind.Batch,
                    BodyHash = fingerprint.BodyHash,
                    State = IssuanceState.Accepted,
                    Size = rows.Count,
                    CreatedAt = now,
                    Actor = RecordActors.Text(caller),
                },
                fingerprint.Fingerprint, rows, awards);
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
        var rows = await Task.Run(() => BatchRows.Read(
            body, isList, catalog, time.GetUtcNow(), BatchRows.MaxRows * MaxFaultsPerRow));
        var awards = await Task.Run(() => rows.Awards(store.Secret));
        var admission = await issuances.LookAsync(
            [.. awards.Select(row => row.Keys)], index => BatchAdmission.Sort(awards, index, standing.Stands));
        return BatchPreview.Of(rows, admission);
    }

    private async Task<StoredIssuance> AddAsync(
        StoredIssuance batch, byte[]? fingerprint, BatchRows rows, AwardedRow[] awards)
    {
        try
        {
            var (stored, _) = await issuances.AddBatchAsync(
                batch, fingerprint, [.. awards.Select(row => row.Keys)],
                index => BatchAdmission.Of(awards, index, standing.Stands).ToStore(rows.Canonical),
                messages.OfBatch(batch, IssuanceState.Issued, size: 0, batch.CreatedAt));
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
