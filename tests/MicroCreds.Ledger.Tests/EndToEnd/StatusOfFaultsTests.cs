using System.Diagnostics;
using System.Globalization;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What the operator's status says when something is wrong: which part, why, and how to mend it.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class StatusOfFaultsTests(RunningConsortium consortium)
{
    private const string Network = "network";
    private const string Member = "TejoMSP";
    private const int Faulty = 2;

    [Fact]
    public async Task Peer_WithoutTheContractsPackage_IsNotCalledWell()
    {
        OnTheEmbeddedNetworkOrSkip();

        // To the others it is a peer like any: it has every block, and its institution issues by their endorsements.
        var settled = ConsortiumFile.Read(Path.Combine(consortium.State, Up.SettledFile));
        string without = Path.Combine(consortium.State, "without.json");
        NetworkState.WriteConsortium(without, settled with
        {
            Chaincodes =
            [
                .. settled.Chaincodes.Select(chaincode => chaincode with
                {
                    Servers = chaincode.Servers.Where(server => server.Key != Member).ToDictionary(),
                }),
            ],
        });
        consortium.Kill(Network);
        var lossy = new Daemon(consortium.State, Network);
        try
        {
            lossy.EnsureStarted(
                ["dotnet", Programs.Network, "--consortium", without, "--state", consortium.State],
                ProcessEnvironment.Lean);
            await SaysAsync(
                $"The peer of {Member} does not endorse: ", "package is not installed there", "scripts/upgrade.sh");

            // Gateways that found no network while it was started anew say so for a moment longer.
            string said = await SaysAsync(
                ["Peers that endorse: 3 of 4.", $"The gateway of {Member}: ", "own peer does not"], not: "not ready");
            Assert.DoesNotContain("The peer of AuroraMSP", said, StringComparison.Ordinal);
        }
        finally
        {
            await lossy.StopAsync();
            await consortium.HealAsync();
        }

        await IsWellAsync();
    }

    [Fact]
    public async Task ContractServer_Killed_ItsPeerDoesNotEndorse()
    {
        OwnedOrSkip();
        consortium.Kill($"chaincode-{Member}");
        try
        {
            await SaysAsync(
                $"chaincode-{Member} is down: scripts/up.sh starts it again",
                $"The peer of {Member} does not endorse: nothing answers at its contract server's address",
                $"The gateway of {Member}: not ready");
        }
        finally
        {
            await consortium.HealAsync();
        }

        await IsWellAsync();
    }

    [Fact]
    public async Task ContractServer_ThatDoesNotAnswer_IsNamed_AndSoIsItsGateway()
    {
        OnTheEmbeddedNetworkOrSkip();
        int process = consortium.ProcessIds()[$"chaincode-{Member}"];
        await SignalAsync("-STOP", process);
        try
        {
            // Its process runs, and its port takes connections.
            await SaysAsync(
                $"The peer of {Member} does not endorse: its contract server at 127.0.0.1:", "end that process",
                $"The gateway of {Member}: not ready", "contract: The contract does not answer");
        }
        finally
        {
            await SignalAsync("-CONT", process);
        }

        await IsWellAsync();
    }

    [Fact]
    public async Task Orderer_Down_IsNamed_AndSoIsEveryGateway()
    {
        OnTheEmbeddedNetworkOrSkip();
        consortium.Kill(Network);
        try
        {
            await SaysAsync(
                $"{Network} is down: scripts/up.sh starts it again", "The orderer does not answer",
                $"peer of {Member} does not answer.", $"The gateway of {Member}: not ready", "peer: ");
        }
        finally
        {
            await consortium.HealAsync();
        }

        await IsWellAsync();
    }

    [Fact]
    public async Task Orderer_ThatStandsStill_IsNamed()
    {
        OnTheEmbeddedNetworkOrSkip();
        int process = consortium.ProcessIds()[Network];
        await SignalAsync("-STOP", process);
        try
        {
            await SaysAsync("The orderer does not answer", $"peer of {Member} does not answer.");
        }
        finally
        {
            await SignalAsync("-CONT", process);
        }

        await IsWellAsync();
    }

    private void OwnedOrSkip() => Assert.SkipUnless(
        consortium.OwnsProcesses, "The network was started by somebody else: its processes are not ours.");

    private void OnTheEmbeddedNetworkOrSkip()
    {
        OwnedOrSkip();
        Assert.SkipUnless(
            RunningConsortium.Engine == EmbeddedEngine.EngineName,
            "What is done to the network's one process is done on the embedded network.");
    }

    /// <summary>Asks until the status says all of it: a gateway hears of a fault a moment later.</summary>
    private Task<string> SaysAsync(params string[] expected) => SaysAsync(expected, not: null);

    private async Task<string> SaysAsync(string[] expected, string? not)
    {
        (int code, string said) = (0, "");
        await Until.TrueAsync(
            async () =>
            {
                (code, said) = await RunningConsortium.TryOperateAsync("status", "--state", consortium.State);
                return Array.TrueForAll(expected, text => said.Contains(text, StringComparison.Ordinal))
                    && (not is null || !said.Contains(not, StringComparison.Ordinal));
            },
            () => $"Not all of «{string.Join("», «", expected)}» is in:\n{said}", Until.PauseOfProcesses);
        Assert.Equal(Faulty, code);
        Assert.DoesNotContain("All is well", said, StringComparison.Ordinal);
        return said;
    }

    private async Task IsWellAsync()
    {
        (int code, string said) = (Faulty, "");
        await Until.TrueAsync(
            async () =>
            {
                (code, said) = await RunningConsortium.TryOperateAsync("status", "--state", consortium.State);
                return code == 0;
            },
            () => said, Until.PauseOfProcesses);
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
