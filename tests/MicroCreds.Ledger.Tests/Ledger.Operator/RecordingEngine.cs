using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>An engine that runs nothing, and keeps in mind what it was told to run.</summary>
internal sealed class RecordingEngine(string state) : IFabricEngine
{
    public HashSet<string> Running { get; } = [];

    /// <summary>How many blocks the orderers have.</summary>
    public ulong? Goal { get; set; } = 10;

    /// <summary>How many blocks the peer has, each time that it is asked.</summary>
    public Func<ulong?> Height { get; set; } = () => 10;

    /// <summary>What happens when an institution's data is opened, with its peer and gateway stopped.</summary>
    public Action Opened { get; set; } = () => { };

    public string Name => "recording";

    public Task StartPeerAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation) =>
        Start(InstitutionParts.Peer(organization), cancellation);

    public Task StartInstitutionAsync(
        Consortium consortium, NetworkFile network, OrganizationSettings organization,
        CancellationToken cancellation) => Start(InstitutionParts.Gateway(organization), cancellation);

    public Task StartOrdererAsync(Consortium consortium, string host, CancellationToken cancellation) =>
        Start(host, cancellation);

    public Task<IReadOnlyList<string>> ListRunningAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. Running]);

    public Task StopPartsAsync(IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        Running.ExceptWith(parts);
        return Task.CompletedTask;
    }

    public Task<ulong?> ReadPeerHeightAsync(
        Consortium consortium, OrganizationSettings organization, CancellationToken cancellation) =>
        Task.FromResult(Height());

    public Task<IReadOnlyList<NodeHeight>> ReadOrdererHeightsAsync(
        Consortium consortium, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NodeHeight>>(Goal is null ? [] : [new NodeHeight("orderer", Goal)]);

    public IInstitutionData DataOf(OrganizationSettings organization)
    {
        Opened();
        return new NativeData(state, organization);
    }

    public Consortium SeenByNodes(Consortium consortium) => consortium;

    public Consortium Prepare(Consortium consortium, bool freePorts) => throw new NotSupportedException();

    public Task StartAsync(Consortium consortium, CancellationToken cancellation) => throw new NotSupportedException();

    public string ChaincodeIdOf(ChaincodeSettings chaincode, OrganizationSettings organization) => chaincode.Name;

    public string Describe(ChaincodeSettings chaincode) => chaincode.Name;

    public Task<IReadOnlyList<Finding>> ExamineAsync(
        Consortium consortium, DateTimeOffset now, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public void UseAuthorities() => throw new NotSupportedException();

    public Task StartAuthoritiesAsync(
        Consortium consortium, IReadOnlyList<FabricCaServer> servers, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task JoinPeerAsync(
        Consortium consortium, OrganizationSettings organization, string genesisBlock,
        CancellationToken cancellation) => throw new NotSupportedException();

    public Task RetireAsync(
        Consortium remaining, OrganizationSettings former, CancellationToken cancellation) =>
        throw new NotSupportedException();

    private Task Start(string part, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Running.Add(part);
        return Task.CompletedTask;
    }
}
