using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Suspends, reinstates and revokes. Thread-safe.</summary>
public sealed class StatusChanges(
    LedgerDoor door, ILedgerConnection connection, LedgerProjection projection, IssuerKeys keys,
    LedgerIdentity identity, GatewayServiceOptions options, GatewayMetrics metrics, RecordActors actors,
    LearnerTidings tidings)
{
    /// <summary>How often a change is signed anew because another one came first.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Changes a credential's status; one that is as wanted already is left as it is.</summary>
    /// <param name="mspId">Its issuer; absent means this institution.</param>
    /// <param name="root">The issuance's root.</param>
    /// <param name="index">The index in its tree.</param>
    /// <param name="state">One of <see cref="CredentialState"/>.</param>
    /// <param name="reason">One of <see cref="StatusReason"/>, where the state needs one.</param>
    /// <param name="replacedBy">What takes its place, where it is superseded.</param>
    /// <param name="caller">Who changes it.</param>
    /// <param name="cancellationToken">Cancels what comes before the transaction.</param>
    /// <exception cref="ProblemException">
    /// There is no such credential, or it is another institution's, or its state does not allow the change.
    /// </exception>
    public async Task<Status> ChangeAsync(
        string? mspId, string root, int index, string state, string? reason, CredentialReference? replacedBy,
        Caller caller, CancellationToken cancellationToken)
    {
        RequireOwn(mspId);
        for (int attempt = 1; ; attempt++)
        {
            var anchor = await door.GetAnchorAsync(options.MspId, root, index, cancellationToken);
            RequireIssued(anchor, index);
            var current = anchor.Status?.Statement;
            if (current is not null && current.State == state && current.Reason == reason
                && current.ReplacedBy == replacedBy)
            {
                await SettleAsync(anchor.Status!);

                // One whose answer was lost may have come to the peer a moment ago, and not to the mirror.
                ulong newest = await connection.GetNewestBlockAsync(cancellationToken);
                await projection.WaitBrieflyAsync(newest, CancellationToken.None);
                return anchor.Status!;
            }

            RequireTransition(current?.State ?? CredentialState.InForce, state);
            try
            {
                return await SubmitAsync(anchor, new StatusStatement
                {
                    Ledger = identity.Name,
                    MspId = options.MspId,
                    Root = root,
                    Index = index,
                    Sequence = (current?.Sequence ?? 0) + 1,
                    State = state,
                    Reason = reason,
                    ReplacedBy = replacedBy,
                    KeyId = "",
                }, caller);
            }
            catch (LedgerRefusedException exception)
                when (exception.Code == ErrorCodes.SequenceConflict && attempt < MaxAttempts)
            {
                // Somebody else changed it in between: judge anew by what it is now.
                continue;
            }
        }
    }

    private async Task<Status> SubmitAsync(Anchor anchor, StatusStatement statement, Caller caller)
    {
        var (key, registered) = keys.FindActive(anchor.Institution)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger: POST /v1/institution/keys registers a new one.");

        // Not bound to the request: a client that hangs up must not leave a transaction half known.
        var signed = await key.SignAsync(statement with { KeyId = registered.Id });
        await actors.BeginStatusAsync(statement, caller);
        var committed = await SetAsync(statement, signed);
        metrics.StatusChanged();
        await SettleAsync(committed.Record);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        return committed.Record;
    }

    private async Task<Committed<Status>> SetAsync(StatusStatement statement, SignedStatement<StatusStatement> signed)
    {
        try
        {
            return await door.SetStatusAsync(signed, CancellationToken.None);
        }
        catch (LedgerRefusedException)
        {
            await actors.ForgetStatusAsync(statement);
            throw;
        }
    }

    /// <summary>
    /// Notes who changed it and has the learner be told, in one transaction and once: where that broke off behind the
    /// ledger's commit, whoever repeats the change makes up for it.
    /// </summary>
    private Task SettleAsync(Status status) => actors.HasBegun(status.Statement)
        ? tidings.TellAsync(status, connection => RecordActors.EndStatus(connection, status))
        : Task.CompletedTask;

    private void RequireOwn(string? mspId)
    {
        if (mspId is not null && mspId != options.MspId)
        {
            throw new ProblemException(
                ProblemKind.OtherInstitution,
                $"The credential was issued by {mspId}: only its issuer changes its status.");
        }
    }

    private void RequireIssued(Anchor anchor, int index)
    {
        if (anchor.Issuance is not { } issuance)
        {
            throw new ProblemException(
                ProblemKind.NotFound, $"{options.MspId} never anchored this credential on this ledger.");
        }

        if (index >= issuance.Statement.Size)
        {
            throw new ProblemException(
                ProblemKind.NotFound, $"The issuance has {issuance.Statement.Size} credentials, counted from 0.");
        }
    }

    private static void RequireTransition(string from, string to)
    {
        if (from == CredentialState.Revoked)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                to == CredentialState.Revoked
                    ? "The credential is revoked already, which is final, and for another reason."
                    : "The credential is revoked, which is final: nothing puts it in force again, or suspends it.");
        }

        if (from == to)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                from == CredentialState.Suspended
                    ? "The credential is suspended already, for another reason: reinstate it first."
                    : "The credential is in force: there is no suspension to end.");
        }
    }
}
