using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;
using DotNet.Testcontainers.Volumes;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Ledger.Operator.Docker;

/// <summary>The containers that a Compose file describes, started and removed by Testcontainers.</summary>
internal sealed class ComposedContainers(string composeFile) : IAsyncDisposable
{
    private readonly Dictionary<string, IContainer> _running = [];
    private readonly Dictionary<string, IVolume> _volumes = [];
    private INetwork? _network;

    /// <summary>Starts the services that are named, or all of them; those that run already are left alone.</summary>
    public async Task StartAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var yaml = new YamlStream();
        using (var text = new StreamReader(composeFile))
        {
            yaml.Load(text);
        }

        var services = (YamlMappingNode)((YamlMappingNode)yaml.Documents.Single().RootNode)["services"];
        if (_network is null)
        {
            _network = new NetworkBuilder().Build();
            await _network.CreateAsync(cancellation);
        }

        foreach (var (key, node) in services.Children)
        {
            string name = ((YamlScalarNode)key).Value!;
            if (!_running.ContainsKey(name) && (names.Count == 0 || names.Contains(name)))
            {
                var container = await BuildAsync((YamlMappingNode)node, cancellation);
                _running.Add(name, container);
                await container.StartAsync(cancellation);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Values.Select(container => container.DisposeAsync().AsTask()));
        foreach (var volume in _volumes.Values)
        {
            await volume.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }
    }

    private async Task<IContainer> BuildAsync(YamlMappingNode service, CancellationToken cancellation)
    {
        string[] ports = service.List("ports");
        var builder = new ContainerBuilder(service.Scalar("image"))
            .WithNetwork(_network)
            .WithEnvironment(service.Environment())
            .WithCreateParameterModifier(create => Restrict(create, service, ports));
        if (service.Children.ContainsKey("hostname"))
        {
            builder = builder.WithHostname(service.Scalar("hostname")).WithNetworkAliases(service.Scalar("hostname"));
        }

        foreach (string port in ports)
        {
            builder = builder.WithExposedPort(port.Split(':')[^1]);
        }

        foreach (var (source, target, _) in service.Mounts("bind"))
        {
            builder = builder.WithBindMount(source, target, AccessMode.ReadOnly);
        }

        foreach (var (source, target, _) in service.Mounts("volume"))
        {
            var volume = new VolumeBuilder().Build();
            await volume.CreateAsync(cancellation);
            _volumes.Add(source, volume);
            builder = builder.WithVolumeMount(volume, target);
        }

        return builder.Build();
    }

    private static void Restrict(CreateContainerParameters create, YamlMappingNode service, string[] ports)
    {
        create.HostConfig ??= new HostConfig();
        create.HostConfig.ReadonlyRootfs = service.Scalar("read_only") == "true";
        create.HostConfig.CapDrop = service.List("cap_drop");
        create.HostConfig.CapAdd = service.List("cap_add");
        create.HostConfig.SecurityOpt = service.List("security_opt");
        create.HostConfig.Tmpfs = service.List("tmpfs").ToDictionary(mount => mount, _ => "");
        create.HostConfig.PortBindings = ports.Select(port => port.Split(':')).ToDictionary(
            parts => $"{parts[2]}/tcp",
            parts => (IList<PortBinding>)[new PortBinding { HostIP = parts[0], HostPort = parts[1] }]);
    }
}
