using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Gateway;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Which sets of organisations are found for which policies.</summary>
public sealed class EndorsementLayoutTests
{
    private const string Channel = "mychannel";
    private static readonly string[] Members = ["A", "B", "C", "D"];
    private static readonly OrganizationIndex Organizations = new(Members);

    public static TheoryData<string, string[]> Policies => new()
    {
        { "'A.peer'", ["A"] },
        { "OR('A.peer', 'B.member')", ["A", "B"] },
        { "AND('A.peer', 'B.peer')", ["A+B"] },
        { "OutOf(2, 'A.peer', 'B.peer', 'C.peer')", ["A+B", "A+C", "B+C"] },
        { "AND('A.peer', OR('B.peer', 'C.peer'))", ["A+B", "A+C"] },
        { "OutOf(1, AND('A.peer', 'B.peer'), OutOf(2, 'B.peer', 'C.peer', 'D.peer'))", ["A+B", "B+C", "B+D", "C+D"] },
        { "OR('A.peer', 'A.client', 'A.admin', 'X.peer')", ["A"] },
        { "OutOf(2, 'A.peer', 'A.peer', 'B.peer')", ["A+B"] },
        { "OutOf(3, 'A.peer', 'B.peer', 'C.peer', 'X.peer')", ["A+B+C"] },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Derive_Policy_FindsEverySetThatSatisfiesIt(string policy, string[] expected)
    {
        var layouts = Layouts(("cc", policy, Members));

        Assert.Equal(expected, Derive(layouts, new ChaincodeCall { Name = "cc" }));
    }

    [Fact]
    public void Derive_PreferredOrganization_StandsInTheFirstLayouts()
    {
        var layouts = Layouts(("cc", "OutOf(2, 'A.peer', 'B.peer', 'C.peer')", Members));

        for (int i = 0; i < 20; i++)
        {
            string[][] found =
            [
                .. layouts.Derive(Channel, Interest(new ChaincodeCall { Name = "cc" }), "C").Select(Organizations.In),
            ];
            Assert.All(found.Take(2), layout => Assert.Contains("C", layout));
            Assert.DoesNotContain("C", found[2]);
        }
    }

    [Fact]
    public void Derive_KeyPolicies_CountTogetherOrInsteadOfTheChaincodes()
    {
        var layouts = Layouts(("cc", "OR('A.peer', 'B.peer')", Members));
        var beside = new ChaincodeCall { Name = "cc", KeyPolicies = { Parse("'C.peer'"), Parse("'D.peer'") } };
        var instead = new ChaincodeCall(beside) { DisregardNamespacePolicy = true };

        Assert.Equal(["A+C+D", "B+C+D"], Derive(layouts, beside));
        Assert.Equal(["C+D"], Derive(layouts, instead));
    }

    [Fact]
    public void Derive_KeyPoliciesOfManyMembers_AreTheLeastOfAllUnions()
    {
        string[] members = [.. Enumerable.Range(0, 9).Select(i => $"{(char)('A' + i)}")];
        string all = string.Join(", ", members.Select(member => $"'{member}.peer'"));
        var organizations = new OrganizationIndex(members);
        var sets = new PolicySets(organizations);
        string[] texts =
        [
            $"OutOf(4, {all})", $"AND('I.peer', OutOf(5, {all}))", "OutOf(2, 'A.peer', 'B.peer', 'C.peer')",
        ];
        PolicySet[] policies = [.. texts.Select(text => sets.Of(Parse(text)))];

        var found = policies.Aggregate(sets.Merge).Sets;

        // Every set of the nine is tried, and kept if no smaller one in it will do.
        ulong[] enough =
        [
            .. Enumerable.Range(0, 1 << members.Length).Select(set => (ulong)set)
                .Where(set => policies.All(policy => policy.Sets.Any(one => (one & ~set) == 0))),
        ];
        var least = enough.Where(set => !enough.Any(other => other != set && (other & ~set) == 0));
        Assert.Equal(least.Order(), found.Order());
        Assert.Same(policies.Aggregate(sets.Merge), policies.Aggregate(sets.Merge));
    }

    [Fact]
    public void Derive_MorePoliciesThanCanBeLookedAt_FindsLeastSetsOfThoseWhoAreThere()
    {
        string[] members = [.. Enumerable.Range(0, 24).Select(i => $"{(char)('A' + i)}")];
        string all = string.Join(", ", members.Select(member => $"'{member}.peer'"));
        string others = string.Join(", ", members.Where(member => member != "X").Select(member => $"'{member}.peer'"));
        var organizations = new OrganizationIndex(members);
        var sets = new PolicySets(organizations);
        string[] texts = [$"OutOf(13, {all})", $"AND('X.peer', OutOf(12, {others}))"];
        var both = texts.Select(text => sets.Of(Parse(text))).Aggregate(sets.Merge);

        // The first ten are away, whom all of the first ten thousand sets have.
        ulong able = organizations.SetWhere(mspId => mspId[0] >= 'K');
        ulong preferred = organizations.SetOf("L");
        ulong[] found = both.Among(able, preferred);

        Assert.True(both.IsCut);
        Assert.Contains(found, set => (set & preferred) != 0);
        Assert.All(found, set =>
        {
            Assert.Equal(0UL, set & ~able);
            Assert.Equal(13, System.Numerics.BitOperations.PopCount(set));
            Assert.Contains("X", organizations.In(set));
        });
        Assert.Empty(both.Among(able & ~organizations.SetOf("X"), preferred));
    }

    [Fact]
    public void Derive_TwoChaincodes_NeedPeersThatHaveBoth()
    {
        var layouts = Layouts(
            ("one", "OR('A.peer', 'B.peer')", Members), ("two", "OR('B.peer', 'C.peer')", ["B", "C"]));

        // A+C and A+B satisfy the policies as well, but A cannot run the second chaincode.
        Assert.Equal(
            ["B"], Derive(layouts, new ChaincodeCall { Name = "one" }, new ChaincodeCall { Name = "two" }));
    }

    [Theory]
    [InlineData("'X.peer'")]
    [InlineData("AND('A.peer', 'X.peer')")]
    [InlineData("OutOf(2, 'A.peer', 'A.peer')")]
    public void Derive_NobodyCanSatisfyThePolicy_SaysSo(string policy)
    {
        var e = Assert.Throws<LayoutException>(() => Derive(Layouts(("cc", policy, Members)), new ChaincodeCall
        {
            Name = "cc",
        }));

        Assert.EndsWith(": no peer combination can satisfy the endorsement policy", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Derive_HostileKeyPolicy_EndsSoonAndFindsNothing()
    {
        var layouts = Layouts(("cc", "'A.peer'", Members));
        var half = new SignaturePolicy.Types.NOutOf { N = 40 };
        half.Rules.Add(Enumerable.Range(0, 80).Select(_ => new SignaturePolicy { SignedBy = 0 }));
        var bomb = new SignaturePolicyEnvelope(Parse("'A.peer'")) { Rule = new SignaturePolicy { NOutOf = half } };
        var dangling = new SignaturePolicyEnvelope { Rule = new SignaturePolicy { SignedBy = 7 } };
        var garbage = new SignaturePolicyEnvelope
        {
            Rule = new SignaturePolicy { SignedBy = 0 },
            Identities = { new MSPPrincipal { Principal = ByteString.CopyFromUtf8("garbage") } },
        };

        foreach (var policy in new[] { bomb, dangling, garbage, new SignaturePolicyEnvelope() })
        {
            var call = new ChaincodeCall { Name = "cc", KeyPolicies = { policy } };
            Assert.Throws<LayoutException>(() => Derive(layouts, call));
        }
    }

    private static SignaturePolicyEnvelope Parse(string policy) => SignaturePolicyText.Parse(policy);

    private static ChaincodeInterest Interest(params ChaincodeCall[] calls) => new() { Chaincodes = { calls } };

    private static string[] Derive(EndorsementLayouts layouts, params ChaincodeCall[] calls) =>
    [
        .. layouts.Derive(Channel, Interest(calls), null)
            .Select(layout => string.Join('+', Organizations.In(layout))).Order(StringComparer.Ordinal),
    ];

    private static EndorsementLayouts Layouts(params (string Name, string Policy, string[] Servers)[] chaincodes)
    {
        var definitions = chaincodes.ToDictionary(chaincode => chaincode.Name, chaincode => new ChaincodeDefinition
        {
            Name = chaincode.Name,
            Version = "1.0",
            Policy = Parse(chaincode.Policy),
            Servers = chaincode.Servers.ToDictionary(mspId => mspId, _ => "127.0.0.1:1"),
            Tls = false,
            ExecuteTimeout = TimeSpan.FromSeconds(1),
        });
        PeerEndorser[] peers = [.. Members.Select(mspId => Peer(mspId, definitions))];
        return new EndorsementLayouts(definitions, Channel, new PeerDirectory(peers[0], peers, Channel),
            new PolicySets(Organizations));
    }

    private static PeerEndorser Peer(string mspId, Dictionary<string, ChaincodeDefinition> definitions)
    {
        var peer = new PeerIdentity
        {
            MspId = mspId,
            Domain = $"{mspId}.example",
            Serialized = ByteString.Empty,
            Directory = "",
            Signer = null!,
        };
        var runtime = new ChaincodeRuntime(definitions, null!, Channel, peer, NullLogger.Instance);
        return new PeerEndorser(peer, runtime, null!, null!, null!);
    }
}
