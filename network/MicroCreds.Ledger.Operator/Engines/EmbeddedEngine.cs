using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>Every peer and the orderer in one process of ours, for trying, developing and testing.</summary>
internal sealed class EmbeddedEngine(string state) : IEngine
{
    public const string EngineName = "embedded";

    private const string ProcessName = "network";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);

    public string Name => EngineName;

    public Consortium Prepare(Consortium consortium, bool freePorts)
    {
        Console.WriteLine("The embedded network is a development and test tool; production is Fabric itself.");
        var ports = new Ports(freePorts);
        var settled = ports.Settle(consortium);
        ports.ThrowIfTaken();
        return settled;
    }

    public async Task StartAsync(Consortium consortium, CancellationToken cancellation)
    {
        var network = new Daemon(state, ProcessName);
        network.EnsureStarted(
            ["dotnet", Programs.Network, "--consortium", Path.Combine(state, Up.SettledFile), "--state", state],
            ProcessEnvironment.Trial);
        await network.WaitUntilListeningAsync(
            [.. consortium.Organizations.Select(organization => organization.Peer)], ReadyTimeout, cancellation);
    }

    public string ChaincodeIdOf(ChaincodeSettings chaincode, OrganizationSettings organization) => chaincode.Name;

    public string Describe(ChaincodeSettings chaincode) => $"{chaincode.Name} {chaincode.Version}";

    public Task<IReadOnlyList<Finding>> ExamineAsync(
        Consortium consortium, DateTimeOffset now, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Finding>>([]);

    public Task<IReadOnlyList<NodeHeight>> ReadOrdererHeightsAsync(
        Consortium consortium, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<NodeHeight>>([]);

    public Task<string?> FindOrderingFaultAsync(Consortium consortium, CancellationToken cancellation) =>
        EmbeddedOrderer.FindFaultAsync(consortium.Orderer, state, cancellation);
}
