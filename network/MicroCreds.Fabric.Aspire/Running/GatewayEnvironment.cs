using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Fabric.Aspire.Running;

/// <summary>The settings of a gateway, by the names that a host's configuration has.</summary>
internal static class GatewayEnvironment
{
    /// <summary>Waits until the network runs, and says how its organisation's user reaches it.</summary>
    /// <exception cref="DevNetworkException">It did not start.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(
        FabricOrganizationResource organization, string? chaincode, CancellationToken cancellationToken)
    {
        var network = await organization.Parent.Running.WaitAsync(cancellationToken).ConfigureAwait(false);
        var described = network.Consortium.Organizations.Single(one => one.MspId == organization.MspId);
        var user = UserFiles.Of(described, network.StateDirectory);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Endpoint"] = described.Peer,
            ["TlsCaFile"] = user.TlsCa,
            ["HostNameOverride"] = user.HostName,
            ["MspId"] = organization.MspId,
            ["CertificateFile"] = user.Certificate,
            ["KeyFile"] = user.Key,
            ["Channel"] = network.Consortium.Channel,
        };
        if (chaincode is not null) settings["Chaincode"] = chaincode;

        return settings;
    }
}
