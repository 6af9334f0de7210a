using Grpc.Core;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>Submits until the outcome is known, by the rules of <see cref="SubmitRetryOptions"/>.</summary>
internal sealed class RetryingSubmit(
    Func<Proposal> newProposal, SubmitRetryOptions options, TimeProvider timeProvider)
{
    // Peers answer this under the status Unknown when all their slots are taken.
    private const string NoFreeSlot = "too many requests";

    // Peers that are a block apart read different states; a moment later they agree.
    private const string PeersDiffer = "ProposalResponsePayloads do not match";

    public async Task<byte[]> RunAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var transaction = await newProposal()
                    .EndorseAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                var status = await SubmitUntilKnownAsync(transaction, cancellationToken).ConfigureAwait(false);
                status.EnsureSuccessful();
                return transaction.Result.ToArray();
            }
            catch (EndorseException e) when (attempt < options.MaxAttempts && IsTransient(e))
            {
                await DelayAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (CommitException e) when (attempt < options.MaxAttempts && options.RetriedCodes.Contains(e.Code))
            {
                await DelayAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<CommitStatus> SubmitUntilKnownAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        var commit = transaction.NewCommit();
        for (int sending = 1; ; sending++)
        {
            TimeSpan? timeout = null;
            try
            {
                await transaction.SubmitAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (SubmitException e) when (MayHavePassed(e))
            {
                timeout = options.ProbeTimeout;
            }

            try
            {
                return await commit.GetStatusAsync(timeout, cancellationToken).ConfigureAwait(false);
            }
            catch (CommitStatusException e) when (sending < options.MaxSendings && MayHavePassed(e))
            {
                await DelayAsync(sending, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsTransient(EndorseException e) =>
        e.ChaincodeAnswer is null
        && (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted
            || e.Message.Contains(NoFreeSlot, StringComparison.Ordinal)
            || e.Message.Contains(PeersDiffer, StringComparison.Ordinal));

    private static bool MayHavePassed(FabricException e) => e.StatusCode is not (
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.PermissionDenied
        or StatusCode.Unauthenticated or StatusCode.Unimplemented or StatusCode.FailedPrecondition);

    private Task DelayAsync(int attempt, CancellationToken cancellationToken)
    {
        double longest = Math.Min(options.MaxDelay.Ticks, options.MinDelay.Ticks * Math.Pow(2, attempt - 1));
        // Half of it is random: clients that collided must not meet again.
        var delay = TimeSpan.FromTicks((long)(longest * (0.5 + (Random.Shared.NextDouble() / 2))));
        return Task.Delay(delay, timeProvider, cancellationToken);
    }
}
