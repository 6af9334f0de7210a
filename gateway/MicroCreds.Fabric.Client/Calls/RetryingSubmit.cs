using System.Runtime.ExceptionServices;
using Grpc.Core;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Submits until the outcome is known, by the rules of <see cref="SubmitRetryOptions"/>.</summary>
internal sealed class RetryingSubmit(
    Func<Proposal> newProposal, SubmitRetryOptions options, TimeProvider timeProvider, CallLog log)
{
    // Peers answer this under the status Unknown when all their slots are taken.
    private const string NoFreeSlot = "too many requests";

    // Peers that are a block apart read different states; a moment later they agree.
    private const string PeersDiffer = "ProposalResponsePayloads do not match";

    public async Task<CommittedTransaction> RunAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var transaction = await newProposal()
                    .EndorseAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                options.OnEndorsed?.Invoke(transaction.TransactionId);
                var status = await SubmitUntilKnownAsync(transaction, cancellationToken).ConfigureAwait(false);
                status.EnsureSuccessful();
                return new CommittedTransaction(transaction.TransactionId, status.BlockNumber, transaction.Result);
            }
            catch (EndorseException e) when (attempt < options.MaxAttempts && IsTransient(e))
            {
                log.MadeAnew(e, attempt);
                await DelayAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (CommitException e) when (attempt < options.MaxAttempts && options.RetriedCodes.Contains(e.Code))
            {
                log.MadeAnew(e, attempt);
                await DelayAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<CommitStatus> SubmitUntilKnownAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        var commit = transaction.NewCommit();
        bool isSent = false;
        try
        {
            for (int sending = 1; ; sending++)
            {
                var failure = await SendAsync(transaction, sending, cancellationToken).ConfigureAwait(false);
                isSent = true;
                try
                {
                    return await commit.GetStatusAsync(
                        failure is null ? null : options.ProbeTimeout, cancellationToken).ConfigureAwait(false);
                }
                catch (CommitStatusException e) when (sending == 1 && IsRefused(failure, e))
                {
                    ExceptionDispatchInfo.Throw(failure!);
                }
                catch (CommitStatusException e) when (sending < options.MaxSendings && !e.IsRefusal)
                {
                    log.SentAgain(transaction.TransactionId, sending, failure ?? (Exception)e);
                    await DelayAsync(sending, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not (FabricException or ObjectDisposedException)
                    && !cancellationToken.IsCancellationRequested)
                {
                    // The question could not be signed: the transaction is on its way all the same.
                    if (sending == options.MaxSendings)
                        throw new CommitStatusException(transaction.TransactionId, e);

                    log.SentAgain(transaction.TransactionId, sending, e);
                    await DelayAsync(sending, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is not (FabricException or SubmitCanceledException)
            && (isSent || cancellationToken.IsCancellationRequested))
        {
            // Such as a gateway that was disposed meanwhile: the transaction is on its way all the same.
            throw commit.Unknown(e, cancellationToken);
        }
    }

    /// <summary>
    /// Whether an orderer refused, and the peer, which was there to be asked, has seen the transaction in no block
    /// since.
    /// </summary>
    private static bool IsRefused(SubmitException? failure, CommitStatusException unseen) =>
        failure is { IsRefusalOfOrderer: true } && unseen.StatusCode == StatusCode.DeadlineExceeded;

    /// <summary>
    /// Sends a transaction: returns null where the ordering service said that it has it, else what failed. The peer's
    /// own refusal counts only of a transaction that cannot be there from a sending before.
    /// </summary>
    private static async Task<SubmitException?> SendAsync(
        Transaction transaction, int sending, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.SubmitAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (SubmitException e) when (sending > 1 || !e.IsRefusal || e.IsRefusalOfOrderer)
        {
            return e;
        }
    }

    private bool IsTransient(EndorseException e) =>
        e.ChaincodeAnswer is null && !e.IsTooLarge
        && ((options.RetriesUnreachable && e.StatusCode is (
                StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted))
            || e.Message.Contains(NoFreeSlot, StringComparison.Ordinal)
            || e.Message.Contains(PeersDiffer, StringComparison.Ordinal));

    private Task DelayAsync(int attempt, CancellationToken cancellationToken)
    {
        double longest = Math.Min(options.MaxDelay.Ticks, options.MinDelay.Ticks * Math.Pow(2, attempt - 1));
        // Half of it is random: clients that collided must not meet again.
        var delay = TimeSpan.FromTicks((long)(longest * (0.5 + (Random.Shared.NextDouble() / 2))));
        return Task.Delay(delay, timeProvider, cancellationToken);
    }
}
