using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>Serves Endorser: one proposal, one peer, for clients that collect for themselves.</summary>
internal sealed class EndorserService(PeerEndorser endorser) : Protocol.Peer.Endorser.EndorserBase
{
    public override async Task<ProposalResponse> ProcessProposal(SignedProposal request, ServerCallContext context)
    {
        UnpackedProposal proposal;
        try
        {
            proposal = UnpackedProposal.Unpack(request);
        }
        catch (ProposalException e)
        {
            throw new RpcException(new Status(StatusCode.Unknown, WhereFound(e.Part) + e.Message));
        }

        // A client that gives up does not stop the chaincode, on a real peer either.
        var outcome = await endorser.ProcessAsync(proposal, endorse: true).WaitAsync(context.CancellationToken);
        return outcome.Error is null
            ? outcome.Response!
            : throw new RpcException(new Status(
                outcome.IsGone ? StatusCode.Unavailable : StatusCode.Unknown, outcome.Error));
    }

    private static string WhereFound(string part) => part switch
    {
        nameof(Proposal) => "failed parsing proposal: ",
        nameof(Protocol.Common.Header) => "failed parsing header: ",
        nameof(Protocol.Common.ChannelHeader) => "failed parsing channel header: ",
        _ => "",
    };
}
