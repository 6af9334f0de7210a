using MicroCreds.Ledger.Tests.Ledger.Operator.Docker;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>Images are named in one place, gateway/deploy/images.env; who else names them says the same.</summary>
public sealed class ImagesTests
{
    private static IReadOnlyDictionary<string, string> Images => DeployFiles.Images;

    [Fact]
    public void Names_AreTheSameInComposeChartAndDockerfiles()
    {
        string gateway = DeployFiles.Service("gateway").Scalar("image");
        Assert.StartsWith("${REGISTRY:-}" + Images["GATEWAY_IMAGE"] + ":${VERSION", gateway, StringComparison.Ordinal);
        Assert.Equal(
            $"${{POSTGRES_IMAGE:-{Images["POSTGRES_IMAGE"]}}}", DeployFiles.Service("postgres").Scalar("image"));
        Assert.Equal($"${{SIGN_ON_IMAGE:-{Images["SIGN_ON_IMAGE"]}}}", DeployFiles.Service("sign-on").Scalar("image"));
        foreach (string part in (string[])["gateway", "contract"])
        {
            var image = (YamlMappingNode)DeployFiles.Values[part]["image"];
            Assert.Equal(Images[$"{part.ToUpperInvariant()}_IMAGE"], image.Scalar("repository"));
        }

        foreach (string program in (string[])["chaincode", "gateway"])
        {
            string[] lines = Repository.Lines($"network/fabric/docker/{program}.Dockerfile");
            Assert.Contains($"FROM {Images["BASE_IMAGE"]}", lines);
            Assert.Contains($"ARG UID={Images["RUN_AS"]}", lines);
        }
    }

    [Fact]
    public void Tags_AreVersions_AndTheRuntimeIsNotOlderThanThePackages()
    {
        Assert.All(
            (string[])["BASE_IMAGE", "POSTGRES_IMAGE", "SIGN_ON_IMAGE"],
            name => Assert.Matches(@":\d+\.\d+(\.\d+)?$", Images[name]));
        string chart = File.ReadAllText(Path.Combine(DeployFiles.Chart, "Chart.yaml"));
        string properties = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        string version = properties.Split("<Version>")[1].Split("</Version>")[0];
        Assert.Contains($"\nappVersion: {version}\n", chart, StringComparison.Ordinal);
        Assert.Contains($"version={version} ", DeployFiles.Read("compose/prepare.sh"), StringComparison.Ordinal);
    }
}
