using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MicroCreds.Fabric.Extensions.Chaincodes;

/// <summary>Looks whether a chaincode is served, and to a peer.</summary>
internal sealed class ChaincodeHealthCheck(HostedChaincode hosted) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        hosted.Server switch
        {
            null => new HealthCheckResult(context.Registration.FailureStatus, "The chaincode is not served."),
            { ConnectedPeers: 0 } server => HealthCheckResult.Degraded(
                $"No peer is connected to {server.Endpoint} now; one dials when it is asked for the chaincode."),
            { ConnectedPeers: var peers } => HealthCheckResult.Healthy(
                data: new Dictionary<string, object> { ["peers"] = peers }),
        });
}
