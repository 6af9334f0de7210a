using System.Collections.Concurrent;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Webhooks;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Brings stored issuances onto the ledger. Submitting one again is always safe, since its root finds itself there;
/// what must never happen is to forget one that may have got there. Those that are anchored together, by one root, get
/// there together and are forgotten together. Thread-safe.
/// </summary>
public sealed class Anchoring(
    IssuanceStore issuances, DocumentStore documents, IssuanceBuilder builder, LedgerDoor door,
    LedgerProjection projection, StatusLists statusLists, Membership membership, WebhookMessages messages,
    GatewayMetrics metrics, BackgroundTrail trail, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> _running = new(StringComparer.Ordinal);

    /// <summary>
    /// Anchors an issuance that is ready; whoever asks while that is going on waits for the same outcome.
    /// </summary>
    /// <param name="number">The issuance's number in the store.</param>
    /// <param name="isFirst">
    /// Whether this is the request that made it, and it was never submitted before. Then, if it certainly did not reach
    /// the ledger, and nobody else has claimed it meanwhile, it is forgotten.
    /// </param>
    /// <exception cref="LedgerRefusedException">
    /// The ledger refused it. One that was submitted for the first time is forgotten; any other is marked, if the
    /// refusal is final, and keeps its rows and documents.
    /// </exception>
    /// <exception cref="LedgerUnavailableException">It did not reach the ledger, and was forgotten.</exception>
    /// <exception cref="IssuanceWaitsException">It did not reach the ledger, and is tried again.</exception>
    /// <exception cref="OutcomeUnknownException">It may have reached the ledger, and is tried again.</exception>
    public async Task AnchorAsync(long number, bool isFirst)
    {
        if (issuances.Find(number) is not { Root: { } root })
            throw Forgotten();

        // Not bound to the request that asks: a client that hangs up must not leave a transaction half known.
        var attempt = _running.GetOrAdd(root, _ => new(() => Task.Run(() => AttemptAsync(number, isFirst))));
        try
        {
            await attempt.Value;
        }
        finally
        {
            _running.TryRemove(new(root, attempt));
        }
    }

    private async Task AttemptAsync(long number, bool isFirst)
    {
        // Whoever waits for the same attempt is told the same: what was forgotten was forgotten for all.
        if (issuances.Find(number) is not { } issuance)
            throw Forgotten();
        if (issuance.State == IssuanceState.Issued)
            return;
        if (issuance.State == IssuanceState.Refused)
            throw new LedgerRefusedException(issuance.Refusal ?? "The ledger refused it before.");

        // The request that made it may be another gateway's: it must not forget what is about to be submitted here.
        if (!isFirst && issuance.IsUnclaimed && !await issuances.ClaimAsync(number))
            throw Forgotten();
        await SubmitOrKeepAsync(issuance, isFirst);
    }

    private async Task SubmitOrKeepAsync(StoredIssuance issuance, bool isFirst)
    {
        try
        {
            await TrySubmitAsync(issuance, isFirst);
        }
        catch (Exception exception) when (isFirst
            && exception is LedgerUnavailableException or LedgerRefusedException)
        {
            if (await issuances.TakeBackAsync(issuance.Number))
                throw;

            // Somebody else submits it, too: whatever the ledger said here, it may get there.
            throw new IssuanceWaitsException(exception.Message, exception);
        }
        catch (LedgerUnavailableException exception)
        {
            throw new IssuanceWaitsException(exception.Message, exception);
        }
        catch (LedgerRefusedException exception)
        {
            bool isFinal = exception.IsFinal || IsOutside(exception);
            await KeepAsync(issuance, exception, isFinal);
            if (isFinal)
                throw;
            throw new IssuanceWaitsException(exception.Message, exception);
        }
    }

    private static LedgerUnavailableException Forgotten() =>
        new("The attempt before this one failed, and nothing of it was kept.");

    /// <summary>
    /// Whether it is refused since the institution left: that ends it, though a ballot may have it back one day, when
    /// whoever asked has it tried again. A peer that is behind may say the same of a newcomer, so that its word alone
    /// ends nothing. Of one that left, another statement would be refused, too.
    /// </summary>
    private bool IsOutside(LedgerRefusedException refusal) =>
        (refusal.Code == ErrorCodes.NotAMember || refusal.AsksForAnotherStatement) && membership.Fault is not null;

    /// <summary>What was accepted stays, whatever the ledger says: only its owner deletes it.</summary>
    private async Task KeepAsync(StoredIssuance issuance, LedgerRefusedException refusal, bool isFinal)
    {
        if (isFinal)
        {
            var now = time.GetUtcNow();
            await issuances.SetRefusedAsync(
                issuance, refusal.Message,
                messages.OfBatch(issuance, IssuanceState.Refused, issuance.Size, now), now,
                trail.NoteOf(AuditActions.Refused, issuance));
        }
        else if (refusal.AsksForAnotherStatement && issuance.Kind == IssuanceKind.Batch)
            await issuances.SetAcceptedAsync(issuance);
        else if (refusal.AsksForAnotherStatement)
            await SignAnewAsync(issuance); // The others of its root are signed anew when it is their turn.
    }

    private async Task SignAnewAsync(StoredIssuance issuance)
    {
        if (documents.List(issuance.Number, afterRow: 0, count: 1) is [var document, ..]
            && await builder.SignOneAnewAsync(issuance, document) is { } signed)
        {
            await issuances.SetSignedAnewAsync(
                issuance, signed.Statement, signed.Document, trail.NoteOf(AuditActions.SignedAnew, issuance));
        }
    }

    private async Task TrySubmitAsync(StoredIssuance issuance, bool isFirst)
    {
        try
        {
            await SubmitAsync(issuance, isFirst);
        }
        catch (LedgerRefusedException exception) when (exception.Code == ErrorCodes.StatusRangeConflict)
        {
            // This store was restored from an older copy, and does not know what it gave out since.
            await statusLists.AbandonAsync(issuance.Statement!.Statement.StatusList);
            throw;
        }
    }

    /// <summary>It is on the ledger, whatever the database says: submitted again, it finds itself there.</summary>
    /// <returns>How many credentials nobody else has noted before.</returns>
    private async Task<int> NoteIssuedAsync(
        StoredIssuance issuance, bool isFirst, string transactionId, DateTimeOffset issuedAt)
    {
        try
        {
            // What a request does itself is noted around the request.
            return await issuances.SetIssuedAsync(
                issuance.Number, transactionId, issuedAt,
                isFirst ? null : (connection, one) => trail.Note(connection, AuditActions.Anchored, one));
        }
        catch (StoreException exception)
        {
            throw new OutcomeUnknownException(transactionId, exception);
        }
    }

    private async Task SubmitAsync(StoredIssuance issuance, bool isFirst)
    {
        var committed = await door.IssueAsync(issuance.Statement!, CancellationToken.None);

        // Of two gateways that submit it at once, one counts it.
        metrics.Issued(await NoteIssuedAsync(
            issuance, isFirst, committed.Record.TransactionId, committed.Record.IssuedAt));
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
    }
}
