using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>The network's Compose file: Fabric's own images, a contract and a gateway for each institution.</summary>
internal sealed class ComposeFile(Consortium consortium, NativePorts ports, NativeFiles files, DockerFiles docker)
{
    private const int Columns = 2;
    private const int EnvironmentColumns = 4;
    private const string Secrets = "/run/secrets";

    /// <summary>Where a gateway keeps its store.</summary>
    public const string GatewayData = "/var/lib/microcreds";

    private readonly Consortium _inside = ContainerView.Of(consortium);
    private readonly NativeFiles _insideFiles = new(ContainerView.NodeRoot);
    private readonly NativePorts _insidePorts = ContainerView.Of(consortium, ports);

    private ChaincodeSettings Contract => consortium.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName);

    public static string ContractImage(string project) => $"microcreds-contract:{project}";

    public static string GatewayImage(string project) => $"microcreds-gateway:{project}";

    /// <summary>The services that are the network itself: they come first.</summary>
    public IReadOnlyList<string> NodeServices =>
        [.. consortium.Orderer.HostNames(), .. consortium.Organizations.Select(InstitutionParts.Peer)];

    /// <summary>The whole file.</summary>
    /// <param name="fabricVersion">The version of Fabric's images.</param>
    /// <param name="project">The tag of our own images.</param>
    public string Write(string fabricVersion, string project)
    {
        List<string> services =
        [
            .. NativePorts.OrderersOf(consortium).Select(orderer =>
                Orderer(orderer.Host, orderer.Endpoint, FabricImages.Orderer(fabricVersion))),
            .. consortium.Organizations.SelectMany(organization => (string[])
            [
                Peer(organization, FabricImages.Peer(fabricVersion)),
                ContractServer(organization, ContractImage(project)),
                Gateway(organization, GatewayImage(project)),
            ]),
        ];
        var volumes = NodeServices.Concat(consortium.Organizations.Select(InstitutionParts.Gateway));
        return SettingsTemplate.Fill("docker/compose.yaml", new Dictionary<string, string>
        {
            ["services"] = string.Join('\n', services.Select(service => SettingsTemplate.Indent(service, Columns))),
            ["volumes"] = string.Join('\n', volumes.Select(volume => $"  {volume}: {{}}")),
        });
    }

    private string Orderer(string host, string endpoint, string image)
    {
        string name = ContainerView.OrdererName(consortium.Orderer, host);
        return SettingsTemplate.Fill("docker/compose.orderer.yaml", new Dictionary<string, string>
        {
            ["service"] = host,
            ["image"] = Text(image),
            ["host"] = Text(name),
            ["port"] = Text(ContainerView.Publish(endpoint)),
            ["adminPort"] = Text(ContainerView.Publish(ports.OrdererAdmin[host])),
            ["operationsPort"] = Text(ContainerView.Publish(ports.OrdererOperations[host])),
            ["operations"] = _insidePorts.OrdererOperations[host].Replace(':', '/'),
            ["settings"] = Text(docker.OrdererSettings(host)),
            ["node"] = Text(files.OrdererNode(consortium.Orderer, host)),
            ["nodeInside"] = Text(_insideFiles.OrdererNode(consortium.Orderer, host)),
        });
    }

    private string Peer(OrganizationSettings organization, string image) =>
        SettingsTemplate.Fill("docker/compose.peer.yaml", new Dictionary<string, string>
        {
            ["service"] = InstitutionParts.Peer(organization),
            ["image"] = Text(image),
            ["host"] = Text(NativeFiles.PeerName(organization)),
            ["port"] = Text(ContainerView.Publish(organization.Peer)),
            ["operationsPort"] = Text(ContainerView.Publish(ports.PeerOperations[organization.MspId])),
            ["operations"] = _insidePorts.PeerOperations[organization.MspId].Replace(':', '/'),
            ["settings"] = Text(docker.PeerSettings(organization)),
            ["node"] = Text(files.PeerNode(organization)),
            ["nodeInside"] = Text(_insideFiles.PeerNode(organization)),
            ["builder"] = Text(SettingsTemplate.BuilderDirectory),
            ["builderInside"] = Text(ContainerView.BuilderDirectory),
        });

    private string ContractServer(OrganizationSettings organization, string image)
    {
        string address = _inside.Chaincodes.Single(chaincode => chaincode.Name == Contract.Name)
            .Servers[organization.MspId];
        return SettingsTemplate.Fill("docker/compose.chaincode.yaml", new Dictionary<string, string>
        {
            ["service"] = InstitutionParts.Chaincode(organization),
            ["image"] = Text(image),
            ["host"] = Text(ContainerView.ChaincodeName(Contract, organization)),
            ["port"] = Text(ContainerView.Publish(Contract.Servers[organization.MspId])),
            ["secrets"] = Text(docker.Secrets(InstitutionParts.Chaincode(organization))),
            ["environment"] = Environment(new()
            {
                ["CHAINCODE_SERVER_ADDRESS"] = $"0.0.0.0:{NodeSettings.Split(address).Port}",
                ["CORE_CHAINCODE_ID_NAME"] = new DeployedPackage(files, Contract, organization).Id,
                ["CORE_PEER_TLS_ENABLED"] = Contract.Tls ? "true" : "false",
                ["CORE_TLS_CLIENT_KEY_FILE"] = $"{Secrets}/server.key",
                ["CORE_TLS_CLIENT_CERT_FILE"] = $"{Secrets}/server.crt",
                ["CORE_PEER_TLS_ROOTCERT_FILE"] = $"{Secrets}/ca.crt",
            }),
        });
    }

    private string Gateway(OrganizationSettings organization, string image)
    {
        string published = Ports.GatewayOf(organization);
        string port = NodeSettings.Split(published).Port;
        return SettingsTemplate.Fill("docker/compose.gateway.yaml", new Dictionary<string, string>
        {
            ["service"] = InstitutionParts.Gateway(organization),
            ["image"] = Text(image),
            ["ports"] = string.Join(", ", new[] { published, organization.GatewayOperations }
                .OfType<string>().Select(endpoint => Text(ContainerView.Publish(endpoint)))),
            ["data"] = GatewayData,
            ["secrets"] = Text(docker.Secrets(InstitutionParts.Gateway(organization))),
            ["environment"] = Environment(new(OperationsOf(organization))
            {
                // The API key is a secret and stands in that file.
                ["MICROCREDS_CONFIG"] = $"{Secrets}/{ContainerSecrets.GatewaySettings}",
                ["MICROCREDS_MSP_ID"] = organization.MspId,
                ["MICROCREDS_CHANNEL"] = consortium.Channel,
                ["MICROCREDS_CHAINCODE"] = Up.ChaincodeName,
                ["MICROCREDS_PEER_ENDPOINT"] = _inside.Organizations.Single(o => o.MspId == organization.MspId).Peer,
                ["MICROCREDS_PEER_TLS_CA"] = $"{Secrets}/peer-tls-ca.crt",
                ["MICROCREDS_USER_CERT"] = $"{Secrets}/user.crt",
                ["MICROCREDS_USER_KEY"] = $"{Secrets}/user.key",
                ["MICROCREDS_ADMIN_CERT"] = $"{Secrets}/admin.crt",
                ["MICROCREDS_ADMIN_KEY"] = $"{Secrets}/admin.key",
                ["MICROCREDS_LISTEN"] = $"http://0.0.0.0:{port}",
                ["MICROCREDS_PUBLIC_URL"] = $"http://{published}",
                ["MICROCREDS_DATA_DIRECTORY"] = GatewayData,
            }),
        });
    }

    private static Dictionary<string, string> OperationsOf(OrganizationSettings organization) =>
        organization.GatewayOperations is { } operations
            ? new() { [OperationsPort.Variable] = $"http://0.0.0.0:{NodeSettings.Split(operations).Port}" }
            : [];

    private static string Environment(Dictionary<string, string> own)
    {
        var all = ProcessEnvironment.Lean.Concat(own);
        return SettingsTemplate.Indent(
            string.Join('\n', all.Select(variable => $"{variable.Key}: {Text(variable.Value)}")), EnvironmentColumns);
    }

    /// <summary>A text in quotes, which YAML has from JSON; Compose would fill in what follows a dollar sign.</summary>
    public static string Text(string value) =>
        JsonSerializer.Serialize(value).Replace("$", "$$", StringComparison.Ordinal);
}
