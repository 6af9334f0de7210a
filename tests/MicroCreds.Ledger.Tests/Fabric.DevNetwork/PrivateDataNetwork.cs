using System.Text.Json.Nodes;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// The sample consortium with private data collections and a chaincode that uses them as it is told: embedded in this
/// process, or on real Fabric where the variable <c>TEST_ENGINE</c> names another engine.
/// </summary>
public sealed class PrivateDataNetwork : IAsyncLifetime
{
    public const string Aurora = "AuroraMSP";
    public const string Linden = "LindenMSP";
    public const string Tejo = "TejoMSP";
    public const string Meridian = "MeridianMSP";

    /// <summary>Of Aurora and Tejo, for members alone.</summary>
    public const string Shared = "shared";

    /// <summary>Of Aurora, whose members alone may read; whoever asks Aurora's peer may write.</summary>
    public const string Auroras = "auroras";

    /// <summary>Of Tejo, open to whoever reaches its peer.</summary>
    public const string Tejos = "tejos";

    /// <summary>Of Aurora and Linden, each value for two further blocks.</summary>
    public const string Brief = "brief";

    /// <summary>Of Aurora, whose endorsers must give values to a further peer of its own: there is none.</summary>
    public const string Lonely = "lonely";

    /// <summary>Any one member endorses, but where a collection says otherwise.</summary>
    private const string AnyOne = "OR('AuroraMSP.peer', 'LindenMSP.peer', 'TejoMSP.peer', 'MeridianMSP.peer')";

    private static readonly CollectionSettings[] Collections =
    [
        new()
        {
            Name = Shared, Policy = "OR('AuroraMSP.member', 'TejoMSP.member')", RequiredPeerCount = 1,
            MaxPeerCount = 1, MemberOnlyRead = true, MemberOnlyWrite = true,
        },
        new()
        {
            Name = Auroras, Policy = "OR('AuroraMSP.member')", MaxPeerCount = 1, MemberOnlyRead = true,
            EndorsementPolicy = new() { SignaturePolicy = "OR('AuroraMSP.member')" },
        },
        new()
        {
            Name = Tejos, Policy = "OR('TejoMSP.member')", MaxPeerCount = 1,
            EndorsementPolicy = new() { SignaturePolicy = "OR('TejoMSP.member')" },
        },
        new()
        {
            Name = Brief, Policy = "OR('AuroraMSP.member', 'LindenMSP.member')", MaxPeerCount = 3, BlockToLive = 2,
        },
        new() { Name = Lonely, Policy = "OR('AuroraMSP.member')", RequiredPeerCount = 1 },
    ];

    private readonly Dictionary<string, LedgerMember> _members = [];
    private readonly List<IAsyncDisposable> _parts = [];

    internal LedgerMember this[string mspId] => _members[mspId];

    internal static string Implicit(string mspId) => $"_implicit_org_{mspId}";

    public async ValueTask InitializeAsync()
    {
        if (RunningConsortium.Engine == "embedded")
        {
            var embedded = new Embedded();
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
                consortium, institution, new PrivateDataChaincode()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Reverse();
        foreach (var part in _parts) await part.DisposeAsync();
    }

    private static void Redescribe(JsonNode description)
    {
        var chaincode = description["chaincodes"]![0]!;
        chaincode["endorsementPolicy"] = AnyOne;
        chaincode["collections"] = System.Text.Json.JsonSerializer.SerializeToNode(
            Collections, System.Text.Json.JsonSerializerOptions.Web);
    }

    private sealed class Embedded : LedgerFixture
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
                        chaincode => chaincode with { EndorsementPolicy = AnyOne, Collections = Collections }),
                ],
            };
        }

        protected override IChaincode NewChaincode(string mspId) => new PrivateDataChaincode();
    }
}
