using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Ledger.Operator.Docker;

/// <summary>The Fabric CA servers' part of the Compose file, read without Docker.</summary>
public sealed class AuthoritiesFileTests : IDisposable
{
    private const string User = "1000";

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Services_AreAnAuthorityEach_Pinned_Restricted_AndOnLoopbackOnly()
    {
        FabricCaServer[] servers =
        [
            new(_state, "AuroraMSP", "aurora.example", "127.0.0.1:7054"),
            new(_state, "OrdererMSP", "orderer.example", "127.0.0.1:7055"),
        ];
        string text = AuthoritiesFile.Write(servers, User);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var root = (YamlMappingNode)yaml.Documents.Single().RootNode;
        var services = ((YamlMappingNode)root["services"]).Children;
        Assert.Equal(
            ["authority-AuroraMSP", "authority-OrdererMSP"],
            services.Keys.Select(key => ((YamlScalarNode)key).Value));
        foreach (var (server, node) in servers.Zip(services.Values))
        {
            var service = (YamlMappingNode)node;
            Assert.Equal("hyperledger/fabric-ca:1.5.21", service.Scalar("image"));
            Assert.Equal(User, service.Scalar("user"));
            Assert.Equal("true", service.Scalar("read_only"));
            Assert.Equal(["ALL"], service.List("cap_drop"));
            Assert.Equal("CMD", ((YamlMappingNode)service["healthcheck"]).List("test")[0]);
            string port = server.Endpoint.Split(':')[1];
            Assert.Equal([$"127.0.0.1:{port}:{port}"], service.List("ports"));
            var (source, target, _) = Assert.Single(service.Mounts("bind"));
            Assert.Equal(server.Home, source);
            Assert.Contains(target, service.List("command"));
        }
    }

    [Fact]
    public void Settings_ListenInTheContainer_AndAreKnownByTheHostsName()
    {
        var server = new FabricCaServer(_state, "AuroraMSP", "aurora.example", "127.0.0.1:7054");
        server.EnsureSettings(AuthoritiesFile.Listen);
        string settings = File.ReadAllText(Path.Combine(server.Home, "fabric-ca-server-config.yaml"));
        Assert.Contains("address: \"0.0.0.0\"", settings, StringComparison.Ordinal);
        Assert.Contains("hosts: [\"127.0.0.1\", localhost]", settings, StringComparison.Ordinal);
        Assert.DoesNotContain(_state, settings, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_OfBothParts_AreFoundOnceTheyAreThere()
    {
        var files = new DockerFiles(_state);
        Assert.Empty(files.ComposeFiles);
        Directory.CreateDirectory(files.Root);
        File.WriteAllText(files.AuthoritiesFile, "");
        Assert.Equal([files.AuthoritiesFile], files.ComposeFiles);
        File.WriteAllText(files.ComposeFile, "");
        Assert.Equal([files.ComposeFile, files.AuthoritiesFile], files.ComposeFiles);
    }
}
