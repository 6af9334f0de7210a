using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>What peers and orderers in containers read when they start.</summary>
internal static class NodeContainers
{
    /// <summary>Writes it down, and beside it what the host's peer command reads to reach the peers.</summary>
    public static void WriteSettings(string state, Consortium consortium, NativePorts ports, Version version)
    {
        var (files, docker) = (new NativeFiles(state), new DockerFiles(state));
        var contained = ContainerView.Of(consortium);
        var outside = new NodeSettings(consortium, files, ports, version);
        var inside = new NodeSettings(
            contained, new NativeFiles(ContainerView.NodeRoot), ContainerView.Of(consortium, ports), version)
        {
            BuilderDirectory = ContainerView.BuilderDirectory,
        };
        foreach (var (host, endpoint) in NativePorts.OrderersOf(contained))
        {
            Write(docker.OrdererSettings(host), "orderer.yaml", inside.ForOrderer(host, endpoint));
        }

        foreach (var organization in contained.Organizations)
        {
            Write(docker.PeerSettings(organization), "core.yaml", inside.ForPeer(organization));
        }

        foreach (var organization in consortium.Organizations)
        {
            Write(files.PeerSettings(organization), "core.yaml", outside.ForPeer(organization));
        }
    }

    private static void Write(string directory, string name, string content)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, name), content);
    }
}
