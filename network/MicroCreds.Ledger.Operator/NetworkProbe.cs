using System.Diagnostics;
using MicroCreds.Fabric.Client;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Asks the contract through every institution's peer at every institution: peers that have just come up do not know
/// each other yet, and until they do an endorsement fails.
/// </summary>
internal static class NetworkProbe
{
    /// <summary>What every contract answers without looking at the ledger.</summary>
    private const string Question = "org.hyperledger.fabric:GetMetadata";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once every institution is reached through every other.</summary>
    /// <exception cref="OperatorException">The time is up; the message says who was not reached, and why.</exception>
    public static async Task WaitAsync(NetworkFile network, TimeSpan timeout, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(network.Institutions.Select(async from =>
        {
            using var connection = new InstitutionConnection(network, from);
            foreach (var to in network.Institutions)
            {
                await WaitAsync(connection.Contract, from, to, timeout - Stopwatch.GetElapsedTime(begin), cancellation);
            }
        }));
    }

    private static async Task WaitAsync(
        FabricContract contract, InstitutionEntry from, InstitutionEntry to, TimeSpan timeout,
        CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await contract.EvaluateAsync(
                    Question, new ProposalOptions { EndorsingOrganizations = [to.MspId] }, cancellation);
                return;
            }
            catch (EvaluateException exception)
            {
                if (Stopwatch.GetElapsedTime(begin) > timeout)
                {
                    throw new OperatorException(
                        $"The peer of {from.MspId} does not reach the contract of {to.MspId}: {exception.Message} "
                        + string.Join(' ', exception.Details.Select(detail => detail.Message)));
                }
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }
}
