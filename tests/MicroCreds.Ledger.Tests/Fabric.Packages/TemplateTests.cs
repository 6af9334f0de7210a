using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>From an empty folder and the packages alone to an answer of the ledger, by the templates.</summary>
[Collection(PackedLibrariesTests.Name)]
public sealed class TemplateTests(PackedLibraries packed)
{
    private const string Chaincode = "Hello.Chaincode";
    private const string Application = "Hello.App";

    private string Folder => Path.Combine(packed.Feed, "hello");

    [Fact]
    public async Task EmptyFolder_WithThePackagesAndNothingElse_GetsToHelloLedger()
    {
        Directory.CreateDirectory(Folder);

        // Nothing above an empty folder, and nothing of the network: what the packages need was restored before.
        await WriteAsync("Directory.Build.props", "<Project />");
        string hive = Path.Combine(packed.Feed, "hive");
        string templates = Directory.GetFiles(packed.Feed, "MicroCreds.Fabric.Templates.*.nupkg").Single();
        await RunAsync("new", "install", templates, "--debug:custom-hive", hive);
        await RunAsync(
            "new", "fabric-chaincode", "-o", Path.Combine(Folder, Chaincode), "--debug:custom-hive", hive);
        await RunAsync(
            "new", "fabric-gateway-app", "-o", Path.Combine(Folder, Application), "--debug:custom-hive", hive);
        await WriteAsync($"{Chaincode}/Slip.cs", """
            static class Slip
            {
                public static DateTime Now() => DateTime.UtcNow;
            }
            """);
        string[] said = await Task.WhenAll(BuildAsync(Chaincode), BuildAsync(Application));
        Assert.Contains("Slip.cs(3,37): warning MCF0001", said[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Program.cs", said[0] + said[1], StringComparison.Ordinal);

        Assert.Equal("Hello, ledger\n", await CallAsync());
    }

    /// <summary>Runs what was built, on the network that the template describes.</summary>
    private async Task<string> CallAsync()
    {
        var consortium = ConsortiumFile.Read(Path.Combine(Folder, Chaincode, "consortium.json"));
        string server = FreePorts.TakeAddress();
        await using var network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions
            {
                InMemory = true,
                Consortium = consortium with
                {
                    Orderer = consortium.Orderer with { Endpoint = "127.0.0.1:0" },
                    Organizations = [.. consortium.Organizations.Select(one => one with { Peer = "127.0.0.1:0" })],
                    Chaincodes =
                    [
                        .. consortium.Chaincodes.Select(one => one with
                        {
                            Servers = one.Servers.Keys.ToDictionary(mspId => mspId, _ => server),
                        }),
                    ],
                },
            },
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("dotnet", [ProgramOf(Chaincode)])
        {
            RedirectStandardOutput = true,
            Environment = { ["CHAINCODE_SERVER_ADDRESS"] = server, ["CORE_CHAINCODE_ID_NAME"] = "hello" },
        };
        using var chaincode = Process.Start(start)!;
        try
        {
            string? line = await chaincode.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            while (line is not null && !line.Contains("listens at", StringComparison.Ordinal))
                line = await chaincode.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

            var organization = network.Consortium.Organizations[0];
            return await RunAsync([ProgramOf(Application)], new Dictionary<string, string>
            {
                ["PEER_ENDPOINT"] = organization.Peer,
                ["ORGANIZATION_PATH"] = Path.Combine(
                    network.StateDirectory, "organizations", "peerOrganizations", organization.Domain),
            });
        }
        finally
        {
            chaincode.Kill();
            await chaincode.WaitForExitAsync(CancellationToken.None);
        }
    }

    private Task<string> BuildAsync(string project) => packed.BuildAsync(Path.Combine(Folder, project));

    private string ProgramOf(string project) =>
        Path.Combine(Folder, project, "bin", "Debug", "net10.0", project + ".dll");

    private static Task<string> RunAsync(params string[] arguments) => RunAsync(arguments, null);

    private static async Task<string> RunAsync(string[] arguments, Dictionary<string, string>? environment)
    {
        var (code, said) = await RunningScript.RunAsync("dotnet", arguments, environment);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)}:\n{said}");
        return said;
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(Folder, name), text, TestContext.Current.CancellationToken);
}
