using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Ledger.Operator.Docker;

/// <summary>The sample consortium's Compose file with all that it refers to, in a directory of its own.</summary>
public sealed class SampleCompose : IAsyncLifetime
{
    internal const string Project = "microcreds-test";

    /// <summary>An API key as no other text in the file could be.</summary>
    internal const string ApiKey = "mck_0123456789-0123456789-0123456789";

    internal string State { get; } = Directory.CreateTempSubdirectory("microcreds-").FullName;

    internal Consortium Consortium { get; } = SampleConsortium.Read();

    internal DockerFiles Docker => new(State);

    internal NativeFiles Files => new(State);

    internal NativePorts Ports => NativePorts.NextTo(Consortium);

    internal string Text { get; private set; } = "";

    internal IReadOnlyDictionary<string, YamlMappingNode> Services { get; private set; } =
        new Dictionary<string, YamlMappingNode>();

    internal YamlMappingNode Root { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        KeyMaterial.Ensure(State, Consortium, TimeProvider.System.GetUtcNow());
        var contract = ContainerView.OfChaincodes(Consortium).Chaincodes.Single();
        var secrets = new ContainerSecrets(State, Docker);
        foreach (var organization in Consortium.Organizations)
        {
            new DeployedPackage(Files, contract, organization).Ensure();
            int user = await ContainerSecrets.UserAsync(CancellationToken.None);
            await secrets.WriteAsync(organization, contract, ApiKey, user, CancellationToken.None);
        }

        NodeContainers.WriteSettings(State, Consortium, Ports, new Version(3, 1, 5));
        Text = new ComposeFile(Consortium, Ports, Files, Docker).Write("3.1.5", Project);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text));
        Root = (YamlMappingNode)yaml.Documents.Single().RootNode;
        Services = ((YamlMappingNode)Root["services"]).Children.ToDictionary(
            service => ((YamlScalarNode)service.Key).Value!, service => (YamlMappingNode)service.Value);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(State, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Reads a Compose file's nodes as a person would.</summary>
internal static class ComposeNodes
{
    public static string Scalar(this YamlMappingNode node, string name) => ((YamlScalarNode)node[name]).Value!;

    public static string[] List(this YamlMappingNode node, string name) => node.Children.ContainsKey(name)
        ? [.. ((YamlSequenceNode)node[name]).Select(item => ((YamlScalarNode)item).Value!)]
        : [];

    public static IReadOnlyDictionary<string, string> Environment(this YamlMappingNode service) =>
        service.Children.TryGetValue("environment", out var environment)
            ? ((YamlMappingNode)environment).Children.ToDictionary(
                variable => ((YamlScalarNode)variable.Key).Value!, variable => ((YamlScalarNode)variable.Value).Value!)
            : new Dictionary<string, string>();

    /// <summary>A service's mounts of one type: from where, to where.</summary>
    public static IReadOnlyList<(string Source, string Target, bool ReadOnly)> Mounts(
        this YamlMappingNode service, string type) =>
    [
        .. ((YamlSequenceNode)service["volumes"]).Cast<YamlMappingNode>()
            .Where(mount => mount.Scalar("type") == type)
            .Select(mount => (
                mount.Scalar("source"), mount.Scalar("target"),
                mount.Children.ContainsKey("read_only") && mount.Scalar("read_only") == "true")),
    ];
}
