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

    public ValueTask<AnchorView> FindAnchorAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken)
    {
        // Taken first: what is read afterwards is at least as new.
        var asOf = projection.Head;
        try
        {
            if (projection.IsPassedOver(RecordKey.Issuance(mspId, root)) && records.FindIssuance(mspId, root) is null)
                return ValueTask.FromResult(new AnchorView { AsOf = asOf });
            return asOf is not null && follower.IsCurrent && records.FindIssuance(mspId, root) is { } issuance
                ? ValueTask.FromResult(Look(issuance, index, achievement, asOf))
                : AskPeerAsync(mspId, root, index, achievement, cancellationToken);
        }
        catch (RecordUnreadableException exception)
        {
            return ValueTask.FromResult(new AnchorView { Unreadable = exception.Message, AsOf = asOf });
        }
    }

    /// <summary>What the projection alone says of a place, as far as it has come; null if nothing yet.</summary>
    /// <exception cref="RecordUnreadableException">It cannot be read here.</exception>
    public AnchorView? FindProjected(string mspId, string root, int index) =>
        projection.Head is { } asOf && records.FindIssuance(mspId, root) is { } issuance
            ? Look(issuance, index, achievement: null, asOf) : null;

    private AnchorView Look(
        ProjectedRecord<Issuance> issuance, int index, AchievementReference? achievement, LedgerMoment asOf)
    {
        var statement = issuance.Record.Statement;
        var status = records.FindStatusRecord(statement.MspId, statement.Root, index);
        string? unreadable = null;
        var definition = statement.FindAttested(achievement) is { } attested
            ? records.FindDefinition(statement.MspId, attested) : null;
        var accreditation = definition is null
            ? null : projection.AccreditationRecordsOf(statement.MspId, definition);
        if (definition is not null && accreditation is null)
            unreadable = "This gateway cannot read a record on it: the contract may be newer than it.";
        return new AnchorView
        {
            Anchor = new Anchor
            {
                Issuance = issuance.Record,
                Status = status?.Record,
                Institution = projection.FindInstitution(statement.MspId),
            },
            Achievement = definition,
            Accreditation = accreditation,
            UnreadableAccreditation = unreadable,
            AnchoredAt = issuance.Written,
            StatusAt = status?.Written,
            AsOf = asOf,
        };
    }

    // The peer does not tell the block; the projection may have the very same statement, though it is behind elsewhere.
    private LedgerPosition? FindWritten(Status? status) =>
        status is not null
            && records.FindStatusRecord(status.Statement.MspId, status.Statement.Root, status.Statement.Index)
                is { } known
            && known.Record.TransactionId == status.TransactionId && known.Record.Signature == status.Signature
            ? known.Written
            : null;

    /// <summary>What another than the issuer wrote is nothing; what the issuer wrote before it stands.</summary>
    private Anchor Judge(Anchor told, string mspId, string root, int index) => told with
    {
        Issuance = projection.IsPassedOver(RecordKey.Issuance(mspId, root))
            ? records.FindIssuance(mspId, root)?.Record : told.Issuance,
        Status = projection.IsPassedOver(RecordKey.Status(mspId, root, index))
            ? records.FindStatus(mspId, root, index) : told.Status,
        Institution = told.Institution is { } institution ? projection.Judge(institution) : null,
    };

    private async ValueTask<AnchorView> AskPeerAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(PeerTimeout);
        try
        {
            var found = await door.GetVerificationRecordsAsync(mspId, root, index, achievement, deadline.Token);
            var anchor = Judge(found.Anchor, mspId, root, index);
            var accreditation = projection.Judge(found.Accreditation, out string? notKnown);
            return new AnchorView
            {
                Anchor = anchor,
                Achievement = found.Accreditation?.Achievement,
                Accreditation = accreditation,
                UnreadableAccreditation = notKnown,
                AnchoredAt = records.FindIssuance(mspId, root)?.Written,
                StatusAt = FindWritten(anchor.Status),
                AsOf = projection.Head,
            };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LedgerUnavailableException("The peer did not answer in time.", exception);
        }
        catch (RecordUnreadableException exception)
        {
            return new AnchorView { Unreadable = exception.Message, AsOf = projection.Head };
        }
        catch (LedgerRefusedException exception)
        {
            // The contract's own refusal of a name that is none is an answer; any other is a failure of the peer.
            if (exception.Code is ErrorCodes.InvalidValue or ErrorCodes.MalformedArgument or ErrorCodes.IndexOutOfRange)
                return new AnchorView { AsOf = projection.Head };
            throw new LedgerUnavailableException(exception.Message, exception);
        }
    }
}
