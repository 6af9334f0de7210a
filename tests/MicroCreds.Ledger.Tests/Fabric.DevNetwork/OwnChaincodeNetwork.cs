using System.Text.Json.Nodes;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// The sample consortium with a chaincode of a test's own, with or without private data collections, which any one
/// member endorses: embedded in this process, or on real Fabric where the variable <c>TEST_ENGINE</c> names another
/// engine.
/// </summary>
public abstract class OwnChaincodeNetwork : IAsyncLifetime
{
    public const string Aurora = "AuroraMSP";
    public const string Linden = "LindenMSP";
    public const string Tejo = "TejoMSP";
    public const string Meridian = "MeridianMSP";

    /// <summary>Any one member endorses, but where a collection says otherwise.</summary>
    private const string AnyOne = "OR('AuroraMSP.peer', 'LindenMSP.peer', 'TejoMSP.peer', 'MeridianMSP.peer')";

    private readonly Dictionary<string, LedgerMember> _members = [];
    private readonly List<IAsyncDisposable> _parts = [];

    internal LedgerMember this[string mspId] => _members[mspId];

    /// <summary>The collections that the chaincode is deployed with.</summary>
    protected abstract CollectionSettings[] Collections { get; }

    /// <summary>Makes the chaincode of one member.</summary>
    protected abstract IChaincode NewChaincode();

    public async ValueTask InitializeAsync()
    {
        if (RunningConsortium.Engine == "embedded")
        {
            var embedded = new Embedded(this);
            _parts.Add(embedded);
            await embedded.InitializeAsync();
            foreach (var member in embedded.Members) _members.Add(member.MspId, member);
            return;
        }

        var consortium = new RunningConsortium { Redescribe = Redescribe };
        _parts.Add(consortium);
        await consortium.InitializeAsync();
        foreach (var institution in consortium.Description.Institutions)
        {
            string directory = AlteredContract.DirectoryOf(institution);
            _members.Add(institution.MspId, new LedgerMember(
                new OrganizationSettings
                {
                    MspId = institution.MspId,
                    Name = institution.Name,
                    Domain = institution.Domain,
                    Peer = institution.PeerEndpoint,
                },
                directory, consortium.Description.Channel, consortium.Description.Chaincode));
            _parts.Add(await AlteredContract.ReplaceServerAsync(
                consortium, institution, NewChaincode()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Reverse();
        foreach (var part in _parts) await part.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void Redescribe(JsonNode description)
    {
        var chaincode = description["chaincodes"]![0]!;
        chaincode["endorsementPolicy"] = AnyOne;
        chaincode["collections"] = System.Text.Json.JsonSerializer.SerializeToNode(
            Collections, System.Text.Json.JsonSerializerOptions.Web);
    }

    private sealed class Embedded(OwnChaincodeNetwork network) : LedgerFixture
    {
        protected override bool IsFounded => false;

        protected override Consortium Describe()
        {
            var sample = base.Describe();
            return sample with
            {
                Chaincodes =
                [
                    .. sample.Chaincodes.Select(
                        chaincode => chaincode with { EndorsementPolicy = AnyOne, Collections = network.Collections }),
                ],
            };
        }

        protected override IChaincode NewChaincode(string mspId) => network.NewChaincode();
    }
}
