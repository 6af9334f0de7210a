using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>
/// Carries out Endorse: runs the proposal at the gateway's own peer, learns from it which policies count, asks the
/// other organisations in parallel and assembles the transaction. Thread-safe.
/// </summary>
internal sealed class Endorsing(PeerDirectory peers, EndorsementLayouts layouts)
{
    /// <summary>How long another organisation's peer may take: the default of core.yaml.</summary>
    public static readonly TimeSpan EndorsementTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="RpcException">The transaction was not endorsed.</exception>
    public async Task<EndorseResponse> EndorseAsync(EndorseRequest request, CancellationToken cancellationToken)
    {
        var proposal = Unpack(request.ProposedTransaction);
        var plan = request.EndorsingOrganizations.Count > 0
            ? PlanFor(proposal, request.EndorsingOrganizations)
            : await PlanFromFirstEndorserAsync(proposal, cancellationToken);
        while (!plan.IsComplete && plan.NextOrganizations() is { Count: > 0 } organizations)
        {
            try
            {
                await Task.WhenAll(organizations.Select(mspId => AskAsync(plan, mspId, proposal)))
                    .WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw GatewayErrors.Failure(
                    StatusCode.DeadlineExceeded, "endorsement timeout expired while collecting endorsements");
            }
        }

        return plan.IsComplete
            ? new EndorseResponse { PreparedTransaction = Prepare(proposal, plan) }
            : throw GatewayErrors.Failure(
                StatusCode.Aborted,
                "failed to collect enough transaction endorsements, see attached details for more info",
                plan.Errors);
    }

    private static UnpackedProposal Unpack(SignedProposal? signed)
    {
        if (signed is null || signed.ProposalBytes.IsEmpty)
        {
            throw GatewayErrors.Failure(
                StatusCode.InvalidArgument, "the proposed transaction must contain a signed proposal");
        }

        try
        {
            return UnpackedProposal.Unpack(signed);
        }
        catch (ProposalException e)
        {
            throw GatewayErrors.Failure(StatusCode.InvalidArgument, e.Message);
        }
    }

    private EndorsementPlan PlanFor(UnpackedProposal proposal, IEnumerable<string> organizations)
    {
        var able = peers.WithChaincode(proposal.ChannelId, proposal.PlannedChaincode)
            .Select(peer => peer.MspId).ToHashSet();
        string[] missing = [.. organizations.Where(mspId => !able.Contains(mspId))];
        return missing.Length == 0
            ? new EndorsementPlan(
                layouts.Organizations,
                [organizations.Aggregate(0UL, (set, mspId) => set | layouts.Organizations.SetOf(mspId))])
            : throw GatewayErrors.Failure(
                StatusCode.Unavailable,
                $"failed to find any endorsing peers for org(s): {string.Join(", ", missing)}");
    }

    private async Task<EndorsementPlan> PlanFromFirstEndorserAsync(
        UnpackedProposal proposal, CancellationToken cancellationToken)
    {
        var (first, response) = await AskFirstAsync(proposal, cancellationToken);
        var interest = response.Interest is { Chaincodes.Count: > 0 } known
            ? known : InterestIn(proposal.PlannedChaincode);
        var found = proposal.HasTransientData
            ? DeriveProtected(proposal.ChannelId, interest, first.MspId)
            : Derive(proposal.ChannelId, interest, first.MspId);
        var plan = new EndorsementPlan(layouts.Organizations, found);
        plan.TryAdd(first, response);
        return plan;
    }

    /// <summary>Asks the peers of one organisation, the gateway's own if it can, until one endorses.</summary>
    private async Task<(PeerEndorser Peer, ProposalResponse Response)> AskFirstAsync(
        UnpackedProposal proposal, CancellationToken cancellationToken)
    {
        var refusals = new List<ErrorDetail>();
        foreach (var peer in ChooseFirst(proposal))
        {
            ProposalResponse? response;
            Refusal? refusal;
            try
            {
                (response, refusal) = await AskAsync(peer, proposal).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw GatewayErrors.Failure(
                    StatusCode.DeadlineExceeded, "endorsement timeout expired while collecting first endorsement");
            }

            if (refusal is null)
            {
                return (peer, response!);
            }

            refusals.Add(refusal.Detail);
        }

        throw GatewayErrors.Failure(
            StatusCode.Aborted, "failed to endorse transaction, see attached details for more info", refusals);
    }

    private PeerEndorser[] ChooseFirst(UnpackedProposal proposal)
    {
        PeerEndorser[] own = [.. peers.AbleToRun(peers.Local.MspId, [proposal.PlannedChaincode])];
        if (own.Length > 0 && peers.WithChaincode(proposal.ChannelId, proposal.PlannedChaincode).Any())
        {
            return own;
        }

        if (proposal.HasTransientData)
        {
            throw GatewayErrors.Failure(
                StatusCode.FailedPrecondition,
                "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to "
                    + "protect transient data");
        }

        ulong layout = Derive(proposal.ChannelId, InterestIn(proposal.PlannedChaincode), null)[0];
        string mspId = layouts.Organizations.In(layout)[0];
        return [.. peers.AbleToRun(mspId, [proposal.PlannedChaincode])];
    }

    /// <summary>
    /// Derives layouts of members of all collections that are used: transient data mostly goes into these, so that
    /// nobody else may see it.
    /// </summary>
    private IReadOnlyList<ulong> DeriveProtected(string channel, ChaincodeInterest interest, string preferred)
    {
        string[] careful =
        [
            .. interest.Chaincodes.Where(call => call.NoPrivateReads).SelectMany(call => call.CollectionNames),
        ];
        if (careful.Length == 0)
        {
            return Derive(channel, interest, preferred);
        }

        var cautious = interest.Clone();
        foreach (var call in cautious.Chaincodes)
        {
            call.NoPrivateReads = false;
        }

        try
        {
            return layouts.Derive(channel, cautious, preferred);
        }
        catch (LayoutException e)
        {
            throw GatewayErrors.Failure(StatusCode.FailedPrecondition, layouts.IsPossible(channel, interest)
                ? "requires endorsement from organisation(s) that are not in the distribution policy of the private "
                    + $"data collection(s): [{string.Join(' ', careful)}]; retry specifying trusted endorsing "
                    + "organizations to protect transient data"
                : e.Message);
        }
    }

    private IReadOnlyList<ulong> Derive(string channel, ChaincodeInterest interest, string? preferred)
    {
        try
        {
            return layouts.Derive(channel, interest, preferred);
        }
        catch (LayoutException e)
        {
            throw GatewayErrors.Failure(StatusCode.FailedPrecondition, e.Message);
        }
    }

    /// <summary>Asks an organisation's peers one after the other, until one endorses the same results.</summary>
    private async Task AskAsync(EndorsementPlan plan, string mspId, UnpackedProposal proposal)
    {
        foreach (var peer in peers.AbleToRun(mspId, [proposal.PlannedChaincode]))
        {
            var (response, refusal) = await AskAsync(peer, proposal);
            if (refusal is not null)
            {
                plan.AddError(refusal.Detail);
            }
            else if (plan.TryAdd(peer, response!))
            {
                return;
            }
        }

        plan.Abandon(mspId);
    }

    private async Task<(ProposalResponse? Response, Refusal? Refusal)> AskAsync(
        PeerEndorser peer, UnpackedProposal proposal)
    {
        bool isLocal = peer == peers.Local;
        var processing = peer.ProcessAsync(proposal, endorse: true);
        try
        {
            // Only a call through gRPC can time out: the gateway's own peer runs in its process.
            var outcome = await (isLocal ? processing : processing.WaitAsync(EndorsementTimeout));
            return (outcome.Response, GatewayErrors.Judge(peer, outcome, isLocal));
        }
        catch (TimeoutException)
        {
            var detail = GatewayErrors.Detail(
                peer, "rpc error: code = DeadlineExceeded desc = context deadline exceeded");
            return (null, new Refusal(StatusCode.Unavailable, detail, MayRetry: true));
        }
    }

    private static ChaincodeInterest InterestIn(string chaincode) =>
        new() { Chaincodes = { new ChaincodeCall { Name = chaincode } } };

    private static Envelope Prepare(UnpackedProposal proposal, EndorsementPlan plan)
    {
        var action = new ChaincodeActionPayload
        {
            ChaincodeProposalPayload = proposal.PayloadWithoutTransient,
            Action = new ChaincodeEndorsedAction
            {
                ProposalResponsePayload = plan.Results,
                Endorsements = { plan.Endorsements },
            },
        };
        var transaction = new Transaction
        {
            Actions =
            {
                new TransactionAction { Header = proposal.Header.SignatureHeader, Payload = action.ToByteString() },
            },
        };
        var payload = new Payload { Header = proposal.Header, Data = transaction.ToByteString() };
        return new Envelope { Payload = payload.ToByteString() };
    }
}
