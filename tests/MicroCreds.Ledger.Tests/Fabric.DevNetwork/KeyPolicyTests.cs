using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using Xunit;
using static MicroCreds.Fabric.Protocol.Peer.TxValidationCode;
using Role = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Policies of single keys: who must endorse a change of them.</summary>
public sealed class KeyPolicyTests : IAsyncDisposable
{
    private const string Cc = TestLedger.Chaincode;

    private readonly TestLedger _ledger = new();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Key_WithAPolicy_IsChangedByItsOwnersPeerAlone()
    {
        OwnKey("k", "C");
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(_ledger.Put("k", "2")));
        Assert.Equal([Valid], _ledger.Commit(Put([_ledger.C.Peer], "k")));
    }

    [Fact]
    public void Keys_WithAndWithoutPolicies_NeedBoth()
    {
        OwnKey("k", "C");
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(Put([_ledger.C.Peer], "k", "free")));
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(Put(_ledger.Majority, "k", "free")));
        Assert.Equal([Valid], _ledger.Commit(Put([_ledger.B.Peer, _ledger.C.Peer], "k", "free")));
    }

    [Fact]
    public void Policy_Itself_IsChangedUnderItself()
    {
        OwnKey("k", "C");
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(SetPolicy(_ledger.Majority, "k", "A")));
        Assert.Equal([Valid], _ledger.Commit(SetPolicy([_ledger.C.Peer], "k", "A")));
        Assert.Equal([Valid], _ledger.Commit(Put([_ledger.A.Peer], "k")));
    }

    [Fact]
    public void Policy_ChangedEarlierInTheBlock_RefusesLaterWrites()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        Assert.Equal(
            [Valid, EndorsementPolicyFailure, Valid],
            _ledger.Commit(SetPolicy(_ledger.Majority, "k", "C"), _ledger.Put("k", "2"), _ledger.Put("l", "2")));
    }

    [Fact]
    public void Policy_Removed_GivesTheKeyBackToTheChaincode()
    {
        OwnKey("k", "C");
        var remove = TestTransaction.Simulated(
            _ledger, [_ledger.C.Peer], s => s.SetStateMetadata(Cc, "k", new Dictionary<string, byte[]>()));
        Assert.Equal([Valid], _ledger.Commit(remove));
        Assert.Equal([Valid], _ledger.Commit(_ledger.Put("k", "2")));
    }

    [Fact]
    public void Policy_OfAKeyThatDoesNotExist_IsVoid()
    {
        Assert.Equal([Valid], _ledger.Commit(SetPolicy(_ledger.Majority, "absent", "C")));
        Assert.Equal([Valid], _ledger.Commit(_ledger.Put("absent", "1")));
    }

    [Fact]
    public void Policy_StaysWhenTheValueChangesAndGoesWithTheKey()
    {
        OwnKey("k", "C");
        Assert.Equal([Valid], _ledger.Commit(Put([_ledger.C.Peer], "k")));
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(_ledger.Put("k", "3")));
        var delete = TestTransaction.Simulated(_ledger, [_ledger.C.Peer], s => s.DeleteState(Cc, "k"));
        Assert.Equal([Valid], _ledger.Commit(delete));
        Assert.Equal([Valid], _ledger.Commit(_ledger.Put("k", "4")));
    }

    [Fact]
    public void Metadata_Written_RenewsTheVersion()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        var stale = _ledger.Simulate(s => s.SetState(Cc, "copy", s.GetState(Cc, "k")!));
        Assert.Equal([Valid], _ledger.Commit(SetPolicy(_ledger.Majority, "k", "C")));
        Assert.Equal([MvccReadConflict], _ledger.Commit(stale));
        Assert.Equal("1", _ledger.Get("k"));
    }

    [Fact]
    public void Policy_Unreadable_LetsNobodyIn()
    {
        var garbage = new Dictionary<string, byte[]> { [KeyMetadata.ValidationParameter] = [0xFF, 0xFF] };
        _ledger.Commit(_ledger.Simulate(s =>
        {
            s.SetState(Cc, "k", "1"u8.ToArray());
            s.SetStateMetadata(Cc, "k", garbage);
        }));
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(_ledger.Put("k", "2")));
    }

    [Fact]
    public void WritePolicies_TellWhoMustEndorse()
    {
        OwnKey("k", "C");
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        simulator.SetState(Cc, "k", "2"u8.ToArray());
        var (policies, disregard) = simulator.GetWritePolicies(Cc);
        Assert.Equal(Policy("C"), Assert.Single(policies));
        Assert.True(disregard);
        simulator.SetState(Cc, "free", "2"u8.ToArray());
        Assert.False(simulator.GetWritePolicies(Cc).DisregardNamespacePolicy);
    }

    private static SignaturePolicyEnvelope Policy(string mspId) => SignaturePolicies.SignedBy(mspId, Role.Peer);

    private static Dictionary<string, byte[]> Entries(string mspId) =>
        new() { [KeyMetadata.ValidationParameter] = Policy(mspId).ToByteArray() };

    private void OwnKey(string key, string mspId) =>
        Assert.Equal([Valid], _ledger.Commit(_ledger.Simulate(s =>
        {
            s.SetState(Cc, key, "1"u8.ToArray());
            s.SetStateMetadata(Cc, key, Entries(mspId));
        })));

    private TestTransaction Put(IReadOnlyList<TestSigner> endorsers, params string[] keys) =>
        TestTransaction.Simulated(_ledger, endorsers, s =>
        {
            foreach (string key in keys)
            {
                s.SetState(Cc, key, "2"u8.ToArray());
            }
        });

    private TestTransaction SetPolicy(IReadOnlyList<TestSigner> endorsers, string key, string mspId) =>
        TestTransaction.Simulated(_ledger, endorsers, s => s.SetStateMetadata(Cc, key, Entries(mspId)));
}
