using MicroCreds.Fabric.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MicroCreds.Fabric.Extensions.Gateways;

/// <summary>Asks a gateway's peer how far its chain reaches.</summary>
internal sealed class GatewayHealthCheck(FabricNetwork network) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            ulong newest = await network.GetNewestBlockNumberAsync(deadline.Token).ConfigureAwait(false);
            return HealthCheckResult.Healthy(
                data: new Dictionary<string, object> { ["channel"] = network.ChannelName, ["block"] = newest });
        }
        catch (FabricException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The peer did not say within {Timeout.TotalSeconds:0} s how far {network.ChannelName} reaches.",
                exception);
        }
    }
}
