using System.Collections.Concurrent;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Brings stored issuances onto the ledger. Submitting one again is always safe, since its root finds itself there;
/// what must never happen is to forget one that may have got there. Thread-safe.
/// </summary>
public sealed class Anchoring(
    IssuanceStore issuances, LedgerDoor door, LedgerProjection projection, GatewayMetrics metrics)
{
    private readonly ConcurrentDictionary<long, Lazy<Task<StoredIssuance>>> _running = [];

    /// <summary>
    /// Anchors an issuance that is ready; whoever asks while that is going on waits for the same outcome.
    /// </summary>
    /// <param name="number">The issuance's number in the store.</param>
    /// <param name="isFirst">
    /// Whether it was never submitted before. Then, if it certainly did not reach the ledger, it is forgotten.
    /// </param>
    /// <exception cref="LedgerRefusedException">
    /// The ledger refused it. A lone credential is forgotten, a batch is marked; if only its key was withdrawn in
    /// between, it is to be built again.
    /// </exception>
    /// <exception cref="LedgerUnavailableException">It did not reach the ledger.</exception>
    /// <exception cref="OutcomeUnknownException">It may have reached the ledger.</exception>
    public async Task<StoredIssuance> AnchorAsync(long number, bool isFirst)
    {
        // Not bound to the request that asks: a client that hangs up must not leave a transaction half known.
        var attempt = _running.GetOrAdd(number, _ => new(() => Task.Run(() => AttemptAsync(number, isFirst))));
        try
        {
            return await attempt.Value;
        }
        finally
        {
            _running.TryRemove(new(number, attempt));
        }
    }

    private async Task<StoredIssuance> AttemptAsync(long number, bool isFirst)
    {
        var issuance = issuances.Find(number);
        if (issuance is null or { State: IssuanceState.Refused })
            throw new LedgerUnavailableException("The attempt before this one failed, and nothing of it was kept.");
        if (issuance.State == IssuanceState.Issued)
            return issuance;
        try
        {
            return await SubmitAsync(issuance);
        }
        catch (LedgerUnavailableException) when (isFirst)
        {
            await issuances.ForgetAsync(number);
            throw;
        }
        catch (LedgerRefusedException exception)
        {
            if (issuance.Kind == IssuanceKind.Credential)
                await issuances.ForgetAsync(number);
            else if (exception.Code == ErrorCodes.KeyRevoked)
                await issuances.SetAcceptedAsync(number);
            else
                await issuances.SetRefusedAsync(number, exception.Message);
            throw;
        }
    }

    private async Task<StoredIssuance> SubmitAsync(StoredIssuance issuance)
    {
        var committed = await door.IssueAsync(issuance.Statement!, CancellationToken.None);
        await issuances.SetIssuedAsync(issuance.Number, committed.Record.TransactionId, committed.Record.IssuedAt);
        metrics.Issued(issuance.Size);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return issuance with
        {
            State = IssuanceState.Issued,
            TransactionId = committed.Record.TransactionId,
            IssuedAt = committed.Record.IssuedAt,
        };
    }
}
