using MicroCreds.Fabric.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace MicroCreds.Fabric.Extensions.Gateways;

/// <summary>Asks a gateway's peer how far its chain reaches.</summary>
/// <param name="find">Finds the channel; a host that was not started may have none, or wrong settings.</param>
internal sealed class GatewayHealthCheck(Func<FabricNetwork> find) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            var network = find();
            ulong newest = await network.GetNewestBlockNumberAsync(deadline.Token).ConfigureAwait(false);
            return HealthCheckResult.Healthy(
                data: new Dictionary<string, object> { ["channel"] = network.ChannelName, ["block"] = newest });
        }
        catch (Exception exception) when (exception is FabricException or OptionsValidationException
            or InvalidOperationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The peer did not say within {Timeout.TotalSeconds:0} s how far its chain reaches.",
                exception);
        }
    }
}
