using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A state directory of one institution: the others, and the orderers, are known but not run.</summary>
public sealed class RunsElsewhereTests : IDisposable
{
    private const string Own = "AuroraMSP";

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private static Consortium Consortium => SampleConsortium.Read() with
    {
        Orderer = SampleConsortium.Read().Orderer with { RunsElsewhere = true },
        Organizations = [.. SampleConsortium.Read().Organizations.Select(organization =>
            organization with { RunsElsewhere = organization.MspId != Own })],
    };

    [Fact]
    public void Keys_AreMadeOnlyForWhoRunsHere()
    {
        KeyMaterial.Ensure(_state, Consortium, DateTimeOffset.UtcNow);
        string organizations = Path.Combine(_state, "organizations");
        Assert.False(Directory.Exists(Path.Combine(organizations, "ordererOrganizations")));
        string own = Assert.Single(Directory.GetDirectories(Path.Combine(organizations, "peerOrganizations")));
        Assert.Equal("aurora.example", Path.GetFileName(own));
    }

    [Fact]
    public void Ports_AreTakenOnlyForWhoRunsHere()
    {
        var ports = NativePorts.NextTo(Consortium);
        Assert.Equal([Own], ports.Chaincode.Keys);
        Assert.Equal([Own], ports.PeerOperations.Keys);
        Assert.Empty(ports.OrdererAdmin);
        var settled = new Ports(replace: true).Settle(Consortium);
        Assert.Equal(Consortium.Orderer.Endpoint, settled.Orderer.Endpoint);
        Assert.Equal(
            Consortium.Organizations.Skip(1).Select(organization => organization.Peer),
            settled.Organizations.Skip(1).Select(organization => organization.Peer));
    }

    [Fact]
    public void Network_ListsOnlyWhoRunsHere()
    {
        var network = Up.Describe(Consortium, NativeEngine.EngineName, _state, before: null);
        Assert.Equal(Own, Assert.Single(network.Institutions).MspId);
    }

    [Fact]
    public void Member_WrittenDown_IsReadAgainAsRunningElsewhere()
    {
        string file = Path.Combine(_state, "consortium.json");
        NetworkState.WriteConsortium(file, Consortium);
        var read = ConsortiumFile.Read(file);
        Assert.True(read.Orderer.RunsElsewhere);
        Assert.Equal(Own, Assert.Single(read.OwnOrganizations()).MspId);
    }
}
