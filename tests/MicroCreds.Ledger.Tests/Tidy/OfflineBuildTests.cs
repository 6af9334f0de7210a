using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Tidy;

/// <summary>What a build needs of the world once its packages are there.</summary>
public sealed class OfflineBuildTests
{
    private const string Nobody = "https://127.0.0.1:9/v3/index.json";

    /// <summary>Behind a proxy, or without a network, nobody can be asked what is known against a package.</summary>
    [Fact]
    public async Task Restore_PackagesAreHereAndTheirSourceIsNot_Succeeds()
    {
        using var folder = new TemporaryFolder();
        var (code, said) = await RunningScript.RunAsync(
            "dotnet",
            [
                "restore", Path.Combine(Repository.Root, "network", "MicroCreds.Fabric.Protocol"),
                $"-p:RestoreSources={Nobody}", $"-p:ArtifactsPath={folder.Path}", "-p:NuGetAudit=true",
            ]);
        Assert.True(code == 0, said);
        Assert.Contains("warning NU1900", said, StringComparison.Ordinal);
    }
}
