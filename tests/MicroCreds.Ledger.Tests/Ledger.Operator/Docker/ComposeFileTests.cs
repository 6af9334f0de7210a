using System.Text.RegularExpressions;
using MicroCreds.Ledger.Operator.Engines.Docker;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Ledger.Operator.Docker;

/// <summary>The Compose file, read without Docker.</summary>
public sealed partial class ComposeFileTests(SampleCompose compose) : IClassFixture<SampleCompose>
{
    private static readonly string[] Known =
    [
        "image", "hostname", "restart", "logging", "read_only", "cap_drop", "cap_add", "security_opt", "tmpfs",
        "networks", "ports", "environment", "volumes", "healthcheck",
    ];

    private IEnumerable<KeyValuePair<string, YamlMappingNode>> Ours => compose.Services.Where(service =>
        service.Key.StartsWith("gateway-", StringComparison.Ordinal)
        || service.Key.StartsWith("chaincode-", StringComparison.Ordinal));

    [Fact]
    public void Services_AreTheConsortium_AndEachIsHealthCheckedAndReadOnly()
    {
        string[] institutions = ["AuroraMSP", "LindenMSP", "MeridianMSP", "TejoMSP"];
        string[] kinds = ["chaincode", "gateway", "peer"];
        string[] expected =
        [
            .. kinds.SelectMany(kind => institutions.Select(institution => $"{kind}-{institution}")),
            "orderer", "orderer2", "orderer3",
        ];
        Assert.Equal(expected.Order(), compose.Services.Keys.Order());
        Assert.Equal(
            ["networks", "services", "volumes"],
            compose.Root.Children.Keys.Select(key => ((YamlScalarNode)key).Value).Order());
        Assert.All(compose.Services.Values, service =>
        {
            Assert.All(service.Children.Keys, key => Assert.Contains(((YamlScalarNode)key).Value!, Known));
            Assert.Equal("true", service.Scalar("read_only"));
            Assert.Equal(["ALL"], service.List("cap_drop"));
            Assert.Equal("16m", ((YamlMappingNode)((YamlMappingNode)service["logging"])["options"]).Scalar("max-size"));
        });
        Assert.All(compose.Services.Except(Ours), node =>
            Assert.Equal("CMD", ((YamlMappingNode)node.Value["healthcheck"]).List("test")[0]));
        Assert.DoesNotContain("{{", compose.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_ArePinned_AndFabricsAreTheOfficialOnes()
    {
        Assert.All(compose.Services, service => Assert.Equal(
            service.Key.Split('-')[0] switch
            {
                "peer" => "hyperledger/fabric-peer:3.1.5",
                "chaincode" => $"microcreds-contract:{SampleCompose.Project}",
                "gateway" => $"microcreds-gateway:{SampleCompose.Project}",
                _ => "hyperledger/fabric-orderer:3.1.5",
            },
            service.Value.Scalar("image")));
        foreach (string program in (string[])["chaincode", "gateway"])
        {
            string file = File.ReadAllText(
                Path.Combine(Repository.Root, "network", "fabric", "docker", $"{program}.Dockerfile"));
            Assert.Matches(@"(?m)^FROM mcr\.microsoft\.com/dotnet/aspnet:10\.0\.\d+$", file);
            Assert.Matches(@"(?m)^ARG UID=[1-9]\d*$", file);
            Assert.Matches(@"(?m)^USER \$\{UID\}:\$\{UID\}$", file);

            // The images of ours bring their own check, wherever they run.
            Assert.Matches(@"(?m)^HEALTHCHECK .*\\\n  CMD \[", file);
        }
    }

    [Theory]
    [InlineData("3.1.1", "3.1.5")]
    [InlineData("2.5.9", "2.5.16")]
    public void Images_AreOfTheLineOfTheBinaries(string binaries, string images) =>
        Assert.Equal(images, FabricImages.VersionFor(Version.Parse(binaries)));

    [Fact]
    public void Images_OfAnotherLine_AreRefusedWithAdvice()
    {
        var fault = Assert.Throws<MicroCreds.Ledger.Operator.UnavailableException>(
            () => FabricImages.VersionFor(new Version(2, 4, 0)));
        Assert.Contains("FABRIC_BIN", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_ArePublishedOnLoopbackOnly_EachOnce()
    {
        string[] ports = [.. compose.Services.Values.SelectMany(service => service.List("ports"))];
        Assert.All(ports, port => Assert.Matches(LoopbackPort(), port));
        Assert.Equal((3 * 3) + (4 * 2) + 4 + 4, ports.Length);
        Assert.Equal(ports.Length, ports.Distinct().Count());
        Assert.Contains("127.0.0.1:5101:5101", compose.Services["gateway-AuroraMSP"].List("ports"));
    }

    [Fact]
    public void Volumes_AreNamed_AndEveryLedgerAndStoreHasOne()
    {
        string[] declared = [.. ((YamlMappingNode)compose.Root["volumes"]).Children.Keys
            .Select(key => ((YamlScalarNode)key).Value!)];
        string[] used = [.. compose.Services.Values.SelectMany(service => service.Mounts("volume"))
            .Select(mount => mount.Source)];
        Assert.Equal(declared.Order(), used.Order());
        Assert.Equal(3 + 4 + 4, used.Length);
    }

    [Fact]
    public void Files_ThatAreMounted_ExistAndCannotBeWritten()
    {
        var mounts = compose.Services.Values.SelectMany(service => service.Mounts("bind")).ToList();
        Assert.NotEmpty(mounts);
        Assert.All(mounts, mount =>
        {
            Assert.True(Path.Exists(mount.Source), $"{mount.Source} is not there.");
            Assert.True(mount.ReadOnly, $"{mount.Source} could be written.");
        });
        Assert.All(Ours, service =>
        {
            string secrets = Assert.Single(service.Value.Mounts("bind")).Source;
            string[] named = [.. service.Value.Environment().Values
                .Where(value => value.StartsWith("/run/secrets/", StringComparison.Ordinal))];
            Assert.NotEmpty(named);
            Assert.All(named, file => Assert.True(File.Exists(Path.Combine(secrets, Path.GetFileName(file))), file));
        });
    }

    [Fact]
    public void Settings_OfANode_NameOnlyWhatItsContainerHas()
    {
        foreach (var (name, service) in compose.Services.Except(Ours))
        {
            var mounts = service.Mounts("bind");
            string settings = string.Join(
                '\n', Directory.GetFiles(mounts.Single(m => m.Target == "/etc/hyperledger/fabric").Source)
                    .Select(File.ReadAllText));
            Assert.DoesNotContain(compose.State, settings, StringComparison.Ordinal);
            foreach (Match path in ContainerPath().Matches(settings))
            {
                var mount = mounts.SingleOrDefault(m => path.Value.StartsWith(m.Target, StringComparison.Ordinal));
                Assert.True(mount.Source is not null, $"{name}: {path.Value} is not mounted.");
                Assert.True(Path.Exists(mount.Source + path.Value[mount.Target.Length..]), $"{name}: {path.Value}");
            }

            Assert.Contains($"{service.Scalar("hostname")}", settings, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Secrets_AreInFilesOfTheirOwner_AndNotInTheComposeFile()
    {
        Assert.DoesNotContain(SampleCompose.ApiKey, compose.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", compose.Text, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string file in Directory.GetFiles(
            Path.Combine(compose.Docker.Root, "secrets"), "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Project_IsMadeUpOnce()
    {
        string project = compose.Docker.EnsureProject();
        Assert.Matches("^microcreds-[0-9a-f]{8}$", project);
        Assert.Equal(project, compose.Docker.EnsureProject());
    }

    [GeneratedRegex(@"^127\.0\.0\.1:(\d+):\1$")]
    private static partial Regex LoopbackPort();

    [GeneratedRegex(@"(?<="")(/var/hyperledger/organizations|/opt/microcreds)[^""]*(?="")")]
    private static partial Regex ContainerPath();
}
