using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Fabric.Testing;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.Testing.AssetContract;
using ChaincodeException = MicroCreds.Fabric.Chaincode.ChaincodeException;

namespace MicroCreds.Ledger.Tests.Fabric.Testing;

/// <summary>The ledger for unit tests has the rules of a peer, each of which a contract's test may lean on.</summary>
public sealed class TestLedgerTests : IAsyncLifetime
{
    private const string One = "Org1MSP";
    private const string Two = "Org2MSP";

    private TestLedger _ledger = null!;
    private TestClient _alice = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync(Create(), new TestChannelOptions
        {
            Collections = [new CollectionSettings { Name = Secrets, Policy = $"OR('{One}.member')" }],
            OtherChaincodes = new Dictionary<string, IChaincode> { ["other"] = Create() },
        });
        _alice = _ledger.NewClient(One, "alice", new Dictionary<string, string> { ["role"] = "keeper" });
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Submit_WritesAtCommit_AndTellsWhatItReadAndWrote()
    {
        var transaction = await _ledger.SubmitAsync(_alice, "Append", "a", "x");
        Assert.Equal("(none)", Encoding.UTF8.GetString(transaction.Result.Span));
        Assert.Equal(new StateRead("chaincode", "a", IsPresent: false), Assert.Single(transaction.Reads));
        var write = Assert.Single(transaction.Writes);
        Assert.Equal(("", "a", "(none)x"), (write.Collection, write.Key, Text(write.Value!.Value.ToArray())));
        Assert.Equal([One, Two], transaction.Endorsers);
        Assert.Equal("(none)x", Text(_ledger.GetState("a")));
        Assert.Equal(2UL, _ledger.Height);

        var deletion = await _ledger.SubmitAsync(_alice, "Delete", "a");
        Assert.Null(Assert.Single(deletion.Writes).Value);
        Assert.Null(_ledger.GetState("a"));
        Assert.Equal("- (none)x", await EvaluateAsync("History", "a"));
    }

    [Fact]
    public async Task Endorse_ChangesNothing_AndAnEvaluationNeither()
    {
        await _ledger.EndorseAsync(_alice, "Put", With("a", "1"));
        Assert.Equal("(none)", await EvaluateAsync("Read", "a"));
        Assert.Equal(1UL, _ledger.Height);
        await Assert.ThrowsAsync<ChaincodeException>(() => _ledger.SubmitAsync(_alice, "Read", "a", "too many"));
    }

    [Fact]
    public async Task StaleReads_AreConflicts_InOneBlockAndInTheNext()
    {
        var first = await _ledger.EndorseAsync(_alice, "Append", With("a", "1"));
        var second = await _ledger.EndorseAsync(_alice, "Append", With("a", "2"));
        var late = await _ledger.EndorseAsync(_alice, "Append", With("a", "3"));
        Assert.Equal([TxValidationCode.Valid, TxValidationCode.MvccReadConflict], Codes(_ledger.Commit(first, second)));
        Assert.Equal([TxValidationCode.MvccReadConflict], Codes(_ledger.Commit(late)));
        Assert.Equal("(none)1", Text(_ledger.GetState("a")));
        Assert.Equal([TxValidationCode.DuplicateTxid], Codes(_ledger.Commit(first)));
    }

    [Fact]
    public async Task Commit_OfNothing_OrOfAnotherLedgersTransaction_IsRefused()
    {
        await using var other = await TestLedger.StartAsync(Create());
        var foreign = await other.EndorseAsync(other.NewClient(), "Put", With("a", "1"));
        var e = Assert.Throws<FabricTestException>(() => _ledger.Commit(foreign));
        Assert.Contains(foreign.TransactionId, e.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => _ledger.Commit(null!));
        Assert.ThrowsAny<ArgumentException>(() => _ledger.Commit([null!]));
        Assert.Equal(1UL, _ledger.Height);
        Assert.Equal([TxValidationCode.Valid], Codes(other.Commit(foreign)));
    }

    [Fact]
    public async Task Disposing_Twice_OrAtOnce_DoesNothingMore()
    {
        var ledger = await TestLedger.StartAsync(Create());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await ledger.DisposeAsync())));
        await ledger.DisposeAsync();
        var client = _alice;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.SubmitAsync(client, "Put", "a", "1"));
        Assert.Throws<ObjectDisposedException>(() => ledger.GetState("a"));
    }

    [Fact]
    public async Task KeyThatComesIntoARange_IsAPhantom()
    {
        _ledger.PutState("k1", "1"u8.ToArray());
        var count = await _ledger.EndorseAsync(_alice, "Count", With("k", "l", "count"));
        await _ledger.SubmitAsync(_alice, "Put", "k2", "1");
        Assert.Equal([TxValidationCode.PhantomReadConflict], Codes(_ledger.Commit(count)));
        await _ledger.SubmitAsync(_alice, "Count", "k", "l", "count");
        Assert.Equal("2", Text(_ledger.GetState("count")));
    }

    [Fact]
    public async Task Event_IsTheLastOneThatWasSet_OfValidTransactionsAlone()
    {
        var first = await _ledger.EndorseAsync(_alice, "Put", With("a", "1"));
        Assert.Equal(("Put", "1"), (first.EventName, Encoding.UTF8.GetString(first.EventPayload.Span)));
        Assert.Empty(_ledger.Events);
        _ledger.Commit(first, first);
        var raised = Assert.Single(_ledger.Events);
        Assert.Equal((1UL, first.TransactionId, "Put"), (raised.BlockNumber, raised.TransactionId, raised.EventName));
    }

    [Fact]
    public async Task PrivateData_IsAtItsMembersAlone_AndItsMembersEndorse()
    {
        var options = With("s") with
        {
            Transient = new Dictionary<string, ReadOnlyMemory<byte>> { ["value"] = "hush"u8.ToArray() },
        };
        var transaction = await _ledger.EndorseAsync(
            _alice, "Keep", options with { EndorsingOrganizations = [One, Two] });
        Assert.Equal(TxValidationCode.Valid, Assert.Single(_ledger.Commit(transaction)).Code);
        Assert.Equal((Secrets, "s"), (transaction.Writes[0].Collection, transaction.Writes[0].Key));
        Assert.Equal("hush", Text(_ledger.GetPrivateData(One, Secrets, "s")));
        Assert.Null(_ledger.GetPrivateData(Two, Secrets, "s"));
        Assert.Equal("hush", await EvaluateAsync("Reveal", "s"));
        var refused = await Assert.ThrowsAsync<ChaincodeException>(
            () => _ledger.EvaluateAsync(_ledger.NewClient(Two), "Reveal", "s"));
        Assert.Contains("is not available", refused.Message, StringComparison.Ordinal);
        Assert.Equal([One], (await _ledger.EndorseAsync(_alice, "Keep", options)).Endorsers);
    }

    [Fact]
    public async Task PolicyOfAKey_IsHeld()
    {
        await _ledger.SubmitAsync(_alice, "Put", "a", "1");
        await _ledger.SubmitAsync(_alice, "Guard", "a", Two);
        var alone = await _ledger.EndorseAsync(
            _alice, "Put", With("a", "2") with { EndorsingOrganizations = [One] });
        Assert.Equal([TxValidationCode.EndorsementPolicyFailure], Codes(_ledger.Commit(alone)));
        await _ledger.SubmitAsync(_alice, "Put", "a", "3");
        Assert.Equal("3", Text(_ledger.GetState("a")));
    }

    [Fact]
    public async Task TooFewEndorsers_AreAPolicyFailure()
    {
        var e = await Assert.ThrowsAsync<CommitException>(() => _ledger.SubmitAsync(
            _alice, "Put", With("a", "1") with { EndorsingOrganizations = [Two] }));
        Assert.Equal(TxValidationCode.EndorsementPolicyFailure, e.Code);
    }

    [Fact]
    public async Task PeersThatDiffer_AreNamed()
    {
        var e = await Assert.ThrowsAsync<FabricTestException>(() => _ledger.SubmitAsync(_alice, "Differ", "a"));
        Assert.StartsWith(
            $"The peers disagree on Differ: that of {Two} read or wrote something else", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_HasItsStatus_AndAFaultOfTheContractItsCause()
    {
        var refused = await Assert.ThrowsAsync<ChaincodeException>(() => _ledger.SubmitAsync(_alice, "Refuse"));
        Assert.Equal(("There is no such asset.", 404), (refused.Message, refused.Status));
        var broken = await Assert.ThrowsAsync<ChaincodeException>(() => _ledger.EvaluateAsync(_alice, "Break"));
        Assert.IsType<InvalidOperationException>(broken.InnerException);
        Assert.Contains("a fault of the contract", broken.Message, StringComparison.Ordinal);
        Assert.Equal(1UL, _ledger.Height);
    }

    [Fact]
    public async Task Caller_IsWhoeverCalls_WithTheAttributesOfTheCertificate() =>
        Assert.Equal($"{One} keeper", await EvaluateAsync("Caller"));

    [Fact]
    public async Task OtherChaincode_HasAStateOfItsOwn()
    {
        await _ledger.SubmitAsync(_alice, "Put", "a", "mine");
        Assert.Equal("(none)", await EvaluateAsync("Ask", "other", "a"));
        var told = await _ledger.SubmitAsync(_alice, "Tell", "other", "a", "its own");
        Assert.Equal("other", Assert.Single(told.Writes).ChaincodeName);
        string[] names = ["other", "other:1.0", "other/", "other:1.0/mychannel"];
        Assert.All(
            await Task.WhenAll(names.Select(name => EvaluateAsync("Ask", name, "a"))),
            answer => Assert.Equal("its own", answer));
        Assert.Equal(("mine", "its own"), (Text(_ledger.GetState("a")), Text(_ledger.GetState("a", "other"))));
    }

    [Fact]
    public async Task ManyAtOnce_AreAsManyTransactions()
    {
        var endorsed = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => _ledger.EndorseAsync(_alice, "Put", With($"k{i}", $"{i}"))));
        Assert.All(_ledger.Commit(endorsed), outcome => Assert.True(outcome.IsSuccessful));
        Assert.Equal("49", Text(_ledger.GetState("k49")));
    }

    [Fact]
    public async Task WrongOptions_NameEveryFault()
    {
        var e = await Assert.ThrowsAsync<FabricTestException>(() => TestLedger.StartAsync(Create(), new()
        {
            Channel = "My Channel",
            Collections = [new() { Name = Secrets, Policy = "OR('Org9MSP.member')" }],
        }));
        Assert.Contains("channel: 'My Channel'", e.Message, StringComparison.Ordinal);
        Assert.Contains("Org9MSP", e.Message, StringComparison.Ordinal);
        var nobody = Assert.Throws<FabricTestException>(() => _ledger.NewClient("Org9MSP"));
        Assert.Contains("Its organisations are Org1MSP, Org2MSP.", nobody.Message, StringComparison.Ordinal);
    }

    private static TxValidationCode[] Codes(IReadOnlyList<CommitStatus> outcomes) =>
        [.. outcomes.Select(outcome => outcome.Code)];

    private static ProposalOptions With(params string[] arguments) =>
        new() { Arguments = [.. arguments.Select(TransactionArgument.FromString)] };

    private async Task<string> EvaluateAsync(string name, params string[] arguments) =>
        Encoding.UTF8.GetString(await _ledger.EvaluateAsync(_alice, name, With(arguments)));
}
