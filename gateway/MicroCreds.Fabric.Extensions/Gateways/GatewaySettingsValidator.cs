using MicroCreds.Fabric.Client;
using Microsoft.Extensions.Options;

namespace MicroCreds.Fabric.Extensions.Gateways;

/// <summary>Checks settings by making of them what a gateway is made of; names a fault of each part.</summary>
internal sealed class GatewaySettingsValidator(IServiceProvider services) : IValidateOptions<FabricGatewaySettings>
{
    public ValidateOptionsResult Validate(string? name, FabricGatewaySettings options)
    {
        string[] faults = [.. Faults(name ?? "", options)];
        string which = NameOf(name);
        return faults.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => $"{which}: {fault}"));
    }

    /// <summary>What faults call a gateway.</summary>
    public static string NameOf(string? name) =>
        string.IsNullOrEmpty(name) ? "The Fabric gateway" : $"The Fabric gateway \"{name}\"";

    private IEnumerable<string> Faults(string name, FabricGatewaySettings settings)
    {
        if ((settings.TlsCertificateFile is null) != (settings.TlsKeyFile is null))
            yield return "TlsCertificateFile and TlsKeyFile are set both or neither.";

        if (settings.Chaincode is not null && settings.Channel is null)
            yield return "Channel is not set: the chaincode is on one.";

        if (settings.Contract is not null && settings.Chaincode is null)
            yield return "Chaincode is not set: the contract is in one.";

        if (Try("Endpoint, TlsCaFile, HostNameOverride, TlsCertificateFile, TlsKeyFile", () =>
            {
                var options = GatewayParts.Channel(settings);
                using var tls = options.ClientCertificate;
                PeerChannel.Open(options).Dispose();
            }) is { } channel)
        {
            yield return channel;
        }

        if (settings.MspId.Length == 0)
            yield return "MspId is not set: it is the organisation's, such as Org1MSP.";
        if (settings.CertificateFile.Length == 0)
            yield return "CertificateFile is not set.";
        if (settings is { MspId.Length: > 0, CertificateFile.Length: > 0 }
            && Try("CertificateFile, KeyFile, timeouts", () => Connect(name, settings)) is { } identity)
        {
            yield return identity;
        }
    }

    private static string? Try(string settings, Action make)
    {
        try
        {
            make();
            return null;
        }
        catch (Exception exception) when (GatewayParts.IsOfSettings(exception))
        {
            return $"{settings}: {exception.Message}";
        }
    }

    /// <summary>All but the connection, which costs nothing as long as nobody calls.</summary>
    private void Connect(string name, FabricGatewaySettings settings)
    {
        var registered = GatewayParts.RegisteredSigner(services, name);
        if (settings.KeyFile is null && registered is null)
            throw new ArgumentException("KeyFile is not set, and no ISigner is registered for the gateway.");

        using var own = settings.KeyFile is { } file ? PrivateKeySigner.FromPemFile(file) : null;
        using var nowhere = PeerChannel.Open(new PeerChannelOptions { Endpoint = "127.0.0.1:1", Plaintext = true });
        FabricGateway.Connect(GatewayParts.Gateway(
            settings, nowhere, tls: null, own ?? registered!, TimeProvider.System, loggers: null)).Dispose();
    }
}
