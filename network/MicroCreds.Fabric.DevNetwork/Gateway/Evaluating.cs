using Google.Protobuf.Collections;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.Protocol.Gateway;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>Carries out Evaluate: one peer answers, the gateway's own if it can. Thread-safe.</summary>
internal sealed class Evaluating(PeerDirectory peers, string channelId)
{
    /// <exception cref="RpcException">No peer gave a good answer.</exception>
    public async Task<EvaluateResponse> EvaluateAsync(EvaluateRequest request, CancellationToken cancellationToken)
    {
        var proposal = Unpack(request);
        if (proposal.ChannelId != channelId)
        {
            throw GatewayErrors.Failure(StatusCode.Unavailable, GatewayService.UnknownChannel(proposal.ChannelId));
        }

        var errors = new List<ErrorDetail>();
        var code = StatusCode.OK;
        foreach (var peer in Choose(proposal, request.TargetOrganizations))
        {
            ProposalOutcome outcome;
            try
            {
                outcome = await peer.ProcessAsync(proposal, endorse: false).WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw GatewayErrors.Failure(StatusCode.DeadlineExceeded, "evaluate timeout expired");
            }

            if (GatewayErrors.Judge(peer, outcome, peer == peers.Local) is not { } refusal)
            {
                return new EvaluateResponse { Result = outcome.Response!.Response };
            }

            errors.Add(refusal.Detail);
            code = refusal.Code;
            if (!refusal.MayRetry)
            {
                throw GatewayErrors.Failure(
                    code, $"evaluate call to endorser returned error: {refusal.Detail.Message}", errors);
            }
        }

        throw GatewayErrors.Failure(
            code, "failed to evaluate transaction, see attached details for more info", errors);
    }

    private static UnpackedProposal Unpack(EvaluateRequest request)
    {
        string? fault;
        try
        {
            if (request.ProposedTransaction is { ProposalBytes.IsEmpty: false } signed)
            {
                var proposal = UnpackedProposal.Unpack(signed);
                fault = proposal.FindMissingForEvaluation();
                if (fault is null)
                {
                    return proposal;
                }
            }
            else
            {
                fault = "a signed proposal is required";
            }
        }
        catch (ProposalException e)
        {
            fault = e.Message;
        }

        throw GatewayErrors.Failure(StatusCode.InvalidArgument, $"failed to unpack transaction proposal: {fault}");
    }

    private List<PeerEndorser> Choose(UnpackedProposal proposal, RepeatedField<string> targets)
    {
        // Transient data must not leave the organisation unless the client names where it may go.
        bool isProtected = proposal.HasTransientData && targets.Count == 0;
        List<PeerEndorser> chosen =
        [
            .. peers.WithChaincode(proposal.ChannelId, proposal.PlannedChaincode)
                .Where(peer => isProtected
                    ? peer.MspId == peers.Local.MspId
                    : targets.Count == 0 || targets.Contains(peer.MspId)),
        ];
        if (chosen.Count > 0)
        {
            return chosen;
        }

        string fault = $"no peers available to evaluate chaincode {proposal.PlannedChaincode} "
            + $"in channel {proposal.ChannelId}";
        throw GatewayErrors.Failure(StatusCode.FailedPrecondition, isProtected
            ? "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect "
                + $"transient data: {fault}"
            : fault);
    }
}
