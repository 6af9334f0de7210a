using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Gateways whose operations endpoints have a port of their own, as the scripts see them.</summary>
public sealed class OperationsPortTests : IDisposable
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly Consortium Alone = SampleConsortium.Read() is var sample
        ? sample with
        {
            Organizations = [sample.Organizations[0]],
            Chaincodes = [.. sample.Chaincodes.Select(chaincode => chaincode with
            {
                EndorsementPolicy = "OutOf(1, 'AuroraMSP.peer')",
                Servers = chaincode.Servers.Where(server => server.Key == "AuroraMSP").ToDictionary(),
            })],
        }
        : throw new InvalidOperationException();

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(_state)) Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Status_PortMovedByTheEnvironment_AsksThere()
    {
        string description = Path.Combine(_state, "described.json");
        NetworkState.WriteConsortium(description, Alone);
        string moved = "http://" + FreePorts.TakeAddress();
        try
        {
            var up = await OperateAsync(
                new() { [OperationsPort.Variable] = moved },
                "up", "--state", _state, "--consortium", description, "--free-ports", "--log-size", "1");
            Assert.True(up.ExitCode == 0, up.Said);
            Assert.Equal(moved, NetworkFile.TryRead(_state)!.Institutions.Single().OperationsUrl);
            string said = "";
            await Until.TrueAsync(
                async () => (said = (await OperateAsync([], "status", "--state", _state)).Said)
                    .Contains("All is well.", StringComparison.Ordinal),
                () => said, Until.PauseOfProcesses);
            Assert.Matches(@"gateway of AuroraMSP +ready", said);

            // Who watches over log files belongs to the network's life, and is missed.
            Assert.True(LogKeeper.IsRunning(_state));
            await LogKeeper.StopAsync(_state);
            Assert.Contains(
                "Nobody sets large log files aside", (await OperateAsync([], "status", "--state", _state)).Said,
                StringComparison.Ordinal);
        }
        finally
        {
            var daemons = Daemon.All(_state).ToList();
            var down = await OperateAsync([], "down", "--state", _state);
            Assert.True(down.ExitCode == 0 && !daemons.Exists(daemon => daemon.IsRunning), down.Said);
            Assert.Contains("Stopped 3 processes.", down.Said, StringComparison.Ordinal);
        }

        Assert.False(LogKeeper.IsRunning(_state));
    }

    [Fact]
    public void Environment_OfSeveralGateways_IsRefusedWithTheMend()
    {
        var fault = Assert.Throws<OperatorException>(
            () => OperationsPort.Apply(SampleConsortium.Read(), "http://127.0.0.1:9101"));
        Assert.Contains("gatewayOperations", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.5:9101")]
    [InlineData("https://127.0.0.1:9101")]
    [InlineData("127.0.0.1:9101")]
    public void Environment_NotOnLoopback_IsRefused(string listen) =>
        Assert.Throws<OperatorException>(() => OperationsPort.Apply(Alone, listen));

    [Fact]
    public void Environment_ConsortiumNamesPorts_CountsForNothing()
    {
        var named = Alone with
        {
            Organizations = [Alone.Organizations[0] with { GatewayOperations = "127.0.0.1:9151" }],
        };
        Assert.Same(named, OperationsPort.Apply(named, "http://127.0.0.1:9101"));
        Assert.Same(Alone, OperationsPort.Apply(Alone, listen: null));
        Assert.Equal(
            "http://127.0.0.1:9151",
            Up.Describe(named, "embedded", _state, before: null).Institutions.Single().OperationsUrl);
    }

    private static Task<(int ExitCode, string Said)> OperateAsync(
        Dictionary<string, string> environment, params string[] arguments) =>
        RunningScript.RunAsync(
            "dotnet",
            [
                Path.Combine(
                    Repository.Root, "network", "MicroCreds.Ledger.Operator", "bin", Configuration, "net10.0",
                    "MicroCreds.Ledger.Operator.dll"),
                .. arguments,
            ],
            environment);
}
