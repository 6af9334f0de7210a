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
    public const string Question = "org.hyperledger.fabric:GetMetadata";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once every institution is reached through every other.</summary>
    /// <exception cref="OperatorException">The time is up; the message says who was not reached, and why.</exception>
    public static Task WaitAsync(NetworkFile network, TimeSpan timeout, CancellationToken cancellation) => WaitAsync(
        network, [.. network.Institutions.Select(institution => institution.MspId)], timeout, cancellation);

    /// <summary>Returns once each of these members is reached through every institution that runs here.</summary>
    /// <exception cref="OperatorException">The time is up; the message says who was not reached, and why.</exception>
    public static async Task WaitAsync(
        NetworkFile network, IReadOnlyList<string> members, TimeSpan timeout, CancellationToken cancellation)
    {
        // Each asks every contract, which takes longer the more there are.
        timeout += TimeSpan.FromSeconds(1) * network.Institutions.Count * members.Count / 4;
        long begin = Stopwatch.GetTimestamp();
        await Crowd.ForEachAsync(
            network.Institutions,
            async (from, token) =>
            {
                using var connection = new InstitutionConnection(network, from);
                foreach (string to in members)
                    await WaitAsync(connection.Contract, from, to, timeout - Stopwatch.GetElapsedTime(begin), token);
            },
            cancellation);
    }

    private static async Task WaitAsync(
        FabricContract contract, InstitutionEntry from, string to, TimeSpan timeout,
        CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await contract.EvaluateAsync(
                    Question, new ProposalOptions { EndorsingOrganizations = [to] }, cancellation);
                return;
            }
            catch (EvaluateException exception)
            {
                if (Stopwatch.GetElapsedTime(begin) > timeout)
                {
                    throw new OperatorException(
                        $"The peer of {from.MspId} does not reach the contract of {to}: {exception.Message} "
                        + string.Join(' ', exception.Details.Select(detail => detail.Message)));
                }
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }
}
