using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// What verifications see of the ledger: the projection while it is current, else the peer itself, else nothing.
/// Thread-safe.
/// </summary>
public sealed class LedgerView(
    LedgerProjection projection, ProjectedRecords records, ProjectionFollower follower, LedgerDoor door)
    : ILedgerView
{
    /// <summary>How long the peer may take to answer for one verification.</summary>
    public static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How this gateway verifies.</summary>
    public static VerificationOptions OptionsOf(GatewayServiceOptions options) =>
        new() { Ledger = options.Channel, AnchoringGrace = options.FreshCredential };

    public ValueTask<AnchorView> FindAnchorAsync(string root, int index, CancellationToken cancellationToken)
    {
        // Taken first: what is read afterwards is at least as new.
        var asOf = projection.Head;
        if (asOf is not null && follower.IsCurrent && records.FindIssuance(root) is { } issuance)
        {
            return ValueTask.FromResult(new AnchorView
            {
                Anchor = new Anchor
                {
                    Issuance = issuance.Record,
                    Status = records.FindStatus(root, index),
                    Institution = projection.Institutions.GetValueOrDefault(issuance.Record.Statement.MspId),
                },
                AnchoredAt = issuance.Written,
                AsOf = asOf,
            });
        }

        return AskPeerAsync(root, index, cancellationToken);
    }

    public async ValueTask<AccreditationRecords?> FindAccreditationAsync(
        string mspId, AchievementReference achievement, CancellationToken cancellationToken)
    {
        if (projection.Head is not null && follower.IsCurrent
            && records.FindDefinition(mspId, achievement) is { } definition)
        {
            return projection.AccreditationRecordsOf(mspId, definition);
        }

        return await AskPeerAsync(
            token => door.GetAccreditationRecordsAsync(mspId, achievement.Id, achievement.Version, token),
            () => new AccreditationRecords(), cancellationToken);
    }

    private ValueTask<AnchorView> AskPeerAsync(string root, int index, CancellationToken cancellationToken) =>
        AskPeerAsync(
            async token => new AnchorView
            {
                Anchor = await door.GetAnchorAsync(root, index, token),
                AnchoredAt = records.FindIssuance(root)?.Written,
                AsOf = projection.Head,
            },
            () => new AnchorView { AsOf = projection.Head }, cancellationToken);

    private static async ValueTask<T> AskPeerAsync<T>(
        Func<CancellationToken, Task<T>> ask, Func<T> nothing, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(PeerTimeout);
        try
        {
            return await ask(deadline.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LedgerUnavailableException("The peer did not answer in time.", exception);
        }
        catch (LedgerRefusedException exception)
        {
            // The contract's own refusal of a name that is none is an answer; any other is a failure of the peer.
            if (exception.Code is ErrorCodes.InvalidValue or ErrorCodes.MalformedArgument or ErrorCodes.IndexOutOfRange)
                return nothing();
            throw new LedgerUnavailableException(exception.Message, exception);
        }
    }
}
