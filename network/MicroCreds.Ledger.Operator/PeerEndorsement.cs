using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator;

/// <summary>Asks an institution's peer to endorse, alone and without submitting: whether it can, and why not.</summary>
internal static class PeerEndorsement
{
    private static readonly TimeSpan EndorseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What keeps the institution's own peer from endorsing, with the mend; null if nothing does.</summary>
    public static async Task<string?> FindFaultAsync(
        NetworkFile network, InstitutionEntry institution, ChaincodeSettings chaincode, CancellationToken cancellation)
    {
        string mspId = institution.MspId;
        try
        {
            using var connection = new InstitutionConnection(network, institution);
            var alone = new ProposalOptions { EndorsingOrganizations = [mspId] };
            await connection.Contract.NewProposal(NetworkProbe.Question, alone)
                .EndorseAsync(EndorseTimeout, cancellation);
            return null;
        }
        catch (OperatorException exception)
        {
            return exception.Message;
        }
        catch (FabricException exception)
        {
            string server = chaincode.Servers.GetValueOrDefault(mspId, "");
            string why = await ExplainAsync(exception, mspId, server, cancellation);
            return $"The peer of {mspId} does not endorse: {why}";
        }
    }

    private static async Task<string> ExplainAsync(
        FabricException exception, string mspId, string server, CancellationToken cancellation)
    {
        if (server.Length > 0 && !await Ports.AreListeningAsync([server], cancellation))
        {
            return $"nothing answers at its contract server's address {server}. scripts/up.sh starts it again, "
                + $"scripts/logs.sh chaincode-{mspId} shows why it ended.";
        }

        if (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            return $"its contract server at {server} was not heard within {EndorseTimeout.TotalSeconds:F0} s. If it "
                + $"stays so, end that process: scripts/up.sh starts it again, its log is chaincode-{mspId}'s.";
        }

        return $"{exception.Message.TrimEnd('.')}. Its contract server answers, so that what is missing is on the "
            + "peer: the contract's package is not installed there, as after the peer's data was lost. scripts/up.sh "
            + "installs it again. If it is there, the institution has not approved it: have the members agree to the "
            + "next definition (scripts/upgrade.sh; another wording of the policy is enough).";
    }
}
