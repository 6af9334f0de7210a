using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.OwnChaincodeNetwork;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PrivateDataNetwork;
using Proposal = MicroCreds.Fabric.Client.Proposal;
using Transaction = MicroCreds.Fabric.Client.Transaction;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// Private data from a client, through a chaincode, to the ledger: the same on the embedded network and on real Fabric
/// (<c>TEST_ENGINE=native</c>).
/// </summary>
public sealed class PrivateDataTests(PrivateDataNetwork network) : IClassFixture<PrivateDataNetwork>
{
    private const string Chaincode = LedgerFixture.Chaincode;

    private readonly string _key = $"k-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Own => Implicit(Aurora);

    [Fact]
    public async Task Implicit_ValueStaysWithItsOwner_HashIsEverybodys()
    {
        await WriteAsync(Aurora, [], $"put {Own} {_key} secret");

        Assert.Equal("secret", await ReadAsync(Aurora, [], $"get {Own} {_key}"));
        Assert.Equal("secret", await ReadAsync(Linden, [Aurora], $"get {Own} {_key}"));
        Assert.Equal(Sha256("secret"), await EventuallyAsync(Linden, $"hash {Own} {_key}", hash => hash != "-"));
        await RefusedAsync(
            ReadAsync(Linden, [], $"get {Own} {_key}"),
            "private data matching public hash version is not available. Public hash version = {BlockNum: ");
        await RefusedAsync(
            ReadAsync(Linden, [], $"get-many {Own} {_key} none-at-all"),
            "private data matching public hash version is not available. Public hash version = {BlockNum: ");
        Assert.Equal("-,secret", await ReadAsync(Aurora, [], $"get-many {Own} none-at-all {_key}"));
    }

    [Fact]
    public async Task Block_HasHashesInThePeersBytes_AndNoValue()
    {
        var endorsed = await EndorseAsync(
            Aurora, "seen-by-nobody", $"get {Own} {_key}", $"put {Own} {_key} @v", $"delete {Own} {_key}-b",
            $"policy {Own} {_key} {Aurora}", $"purge {Own} {_key}-a");
        var status = await (await endorsed.SubmitAsync(cancellationToken: Cancel)).GetStatusAsync(
            cancellationToken: Cancel);
        var block = await BlockAsync(Aurora, status.BlockNumber);
        Assert.DoesNotContain("seen-by-nobody", block.ToString(), StringComparison.Ordinal);
        Assert.True(block.ToByteArray().AsSpan().IndexOf("seen-by-nobody"u8) < 0);

        var expected = new ReadWriteSetBuilder();
        expected.AddPrivateRead(Chaincode, Own, _key, null);
        expected.AddPrivateWrite(Chaincode, Own, _key, "seen-by-nobody"u8.ToArray(), isPurge: false);
        expected.AddPrivateWrite(Chaincode, Own, $"{_key}-b", null, isPurge: false);
        expected.AddPrivateWrite(Chaincode, Own, $"{_key}-a", null, isPurge: true);
        expected.AddPrivateMetadataWrite(Chaincode, Own, _key, new Dictionary<string, byte[]>
        {
            [KeyMetadata.ValidationParameter] = MicroCreds.Fabric.Protocol.SignaturePolicies.SignedBy(
                Aurora, MSPRole.Types.MSPRoleType.Peer).ToByteArray(),
        });
        var written = SetsOf(block, status.TransactionId).NsRwset.Single(set => set.Namespace == Chaincode);
        Assert.Equal(expected.Build().NsRwset.Single(), written);
        var kept = await PrivateOfAsync(Aurora, status);
        Assert.Equal(
            expected.Private!.NsPvtRwset.Single().CollectionPvtRwset.Single().CollectionName,
            kept!.NsPvtRwset.Single().CollectionPvtRwset.Single().CollectionName);
        Assert.Null(await PrivateOfAsync(Linden, status));
    }

    [Fact]
    public async Task Members_AloneReadAndWrite_WhereTheDefinitionSaysSo()
    {
        await WriteAsync(Aurora, [Aurora], $"put {Shared} {_key} ours");
        Assert.Equal("ours", await ReadAsync(Aurora, [Aurora], $"get {Shared} {_key}"));
        Assert.Equal("ours", await EventuallyAsync(Tejo, $"get {Shared} {_key}", value => value != "-"));
        await RefusedAsync(
            ReadAsync(Linden, [Aurora], $"get {Shared} {_key}"),
            "tx creator does not have read access permission on privatedata in chaincodeName:microcreds "
                + "collectionName: shared");
        await RefusedAsync(
            WriteAsync(Linden, [Aurora], $"put {Shared} {_key} theirs"),
            "tx creator does not have write access permission on privatedata in chaincodeName:microcreds "
                + "collectionName: shared");
        await RefusedAsync(ReadAsync(Linden, [], $"policy {Shared} {_key}"), "does not have read access");

        // Whoever may not read may still write, and know the hash.
        await WriteAsync(Linden, [Aurora], $"put {Auroras} {_key} from-Linden");
        await RefusedAsync(ReadAsync(Linden, [Aurora], $"get {Auroras} {_key}"), "does not have read access");
        Assert.Equal("from-Linden", await ReadAsync(Aurora, [], $"get {Auroras} {_key}"));
        Assert.Equal(
            Sha256("from-Linden"), await EventuallyAsync(Linden, $"hash {Auroras} {_key}", hash => hash != "-"));
    }

    [Fact]
    public async Task Collections_ThatAreNotDefined_AreRefused()
    {
        await RefusedAsync(ReadAsync(Aurora, [], $"get nowhere {_key}"),
            "collection credentials/microcreds/nowhere could not be found");
        string none = "collection [_implicit_org_NobodyMSP] not defined in the collection config for chaincode "
            + "[microcreds]";
        await RefusedAsync(ReadAsync(Aurora, [], $"get _implicit_org_NobodyMSP {_key}"), none);
        await RefusedAsync(ReadAsync(Aurora, [], $"hash _implicit_org_NobodyMSP {_key}"), none);
        await RefusedAsync(WriteAsync(Aurora, [], $"put _implicit_org_NobodyMSP {_key} v"), none);
    }

    [Fact]
    public async Task Gateway_FindsTheEndorsersByTheCollections_AndKeepsTransientDataAmongMembers()
    {
        var endorsed = await EndorseAsync(Aurora, "value", $"put {Shared} {_key} @v", $"put {Tejos} {_key} @v");
        Assert.Contains(Tejo, EndorsersOf(endorsed));
        var status = await (await endorsed.SubmitAsync(cancellationToken: Cancel)).GetStatusAsync(
            cancellationToken: Cancel);
        Assert.Equal(TxValidationCode.Valid, status.Code);
        Assert.Equal("value", await ReadAsync(Tejo, [Tejo], $"get {Tejos} {_key}"));
        Assert.Equal("value", await EventuallyAsync(Aurora, $"get {Shared} {_key}", value => value != "-"));

        Assert.Equal([Linden], EndorsersOf(await EndorseAsync(Linden, "v", $"put {Implicit(Linden)} {_key} @v")));
        var refused = await Assert.ThrowsAsync<EndorseException>(
            () => EndorseAsync(Aurora, "v", $"put {Implicit(Linden)} {_key} @v", $"put {Tejos} {_key} @v"));
        Assert.Contains(
            "requires endorsement from organisation(s) that are not in the distribution policy of the private data "
                + "collection(s): [",
            refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endorsement_ByTheCollectionsPolicy_IsJudgedByAll()
    {
        Assert.Equal(
            TxValidationCode.EndorsementPolicyFailure, await CodeAsync(Linden, [Linden], $"put {Own} {_key} v"));
        Assert.Equal(
            TxValidationCode.EndorsementPolicyFailure, await CodeAsync(Linden, [Linden], $"put {Tejos} {_key} v"));
        Assert.Equal(TxValidationCode.Valid, await CodeAsync(Linden, [Tejo], $"put {Tejos} {_key} v"));
    }

    [Fact]
    public async Task KeyPolicy_OverridesTheCollections()
    {
        // Not in an implicit collection: a peer of another organization passes nothing on to its members, so that
        // what it alone endorsed is lost where it commits first.
        await WriteAsync(Aurora, [Aurora], $"put {Auroras} {_key} 1", $"policy {Auroras} {_key} {Linden}");
        Assert.Equal(Linden, await ReadAsync(Aurora, [], $"policy {Auroras} {_key}"));
        Assert.Equal(
            TxValidationCode.EndorsementPolicyFailure, await CodeAsync(Aurora, [Aurora], $"put {Auroras} {_key} 2"));
        Assert.Equal(TxValidationCode.Valid, await CodeAsync(Aurora, [Linden], $"put {Auroras} {_key} 3"));
        Assert.Equal("3", await EventuallyAsync(Aurora, $"get {Auroras} {_key}", value => value == "3"));

        // Metadata alone renew the version of the value, which stays readable.
        Assert.Equal(TxValidationCode.Valid, await CodeAsync(Aurora, [Linden], $"policy {Auroras} {_key} {Aurora}"));
        Assert.Equal("3", await EventuallyAsync(Aurora, $"get {Auroras} {_key}", value => value == "3"));
    }

    [Fact]
    public async Task KeyPolicy_TakenAway_GivesTheKeyBackToWhomTheGatewayFinds()
    {
        await WriteAsync(Aurora, [Aurora], $"put-public {_key} 1", $"policy-public {_key} {Linden}");
        await WriteAsync(Aurora, [Aurora], $"put {Own} {_key} 1", $"policy {Own} {_key} {Linden}");
        await WriteAsync(Aurora, [], $"clear-policy-public {_key}");
        await WriteAsync(Aurora, [], $"clear-policy {Own} {_key}");
        Assert.Equal("-", await ReadAsync(Aurora, [], $"policy {Own} {_key}"));
        Assert.Equal([Aurora], EndorsersOf(await EndorseAsync(Aurora, "-", $"put-public {_key} 2")));
        await WriteAsync(Aurora, [], $"put-public {_key} 2");
        await WriteAsync(Aurora, [], $"put {Own} {_key} 2");
    }

    [Fact]
    public async Task KeyPolicy_ThatIsEmpty_IsNoneToWhoJudges_AndOneThatNoGatewayCanPlan()
    {
        await WriteAsync(Aurora, [Aurora], $"put-public {_key} 1", $"empty-policy-public {_key}");
        await RefusedAsync(
            EndorseAsync(Aurora, "-", $"put-public {_key} 2"),
            "no combination of peers can be derived which satisfy the endorsement policy: state based endorsement "
                + "policy cannot be satisfied");
        await WriteAsync(Aurora, [Aurora], $"put-public {_key} 3");
    }

    [Fact]
    public async Task Reads_ThatAreOutOfDate_AreConflicts()
    {
        await WriteAsync(Aurora, [], $"put {Own} {_key} 1");
        var first = await EndorseAsync(Aurora, "-", $"get {Own} {_key}", $"put {Own} {_key} 2");
        var second = await EndorseAsync(Aurora, "-", $"get {Own} {_key}", $"put {Own} {_key} 3");
        var byHash = await EndorseAsync(Aurora, "-", $"hash {Own} {_key}", $"put {Own} {_key}-x 1");
        Assert.Equal(TxValidationCode.Valid, await CodeOfAsync(first));
        Assert.Equal(TxValidationCode.MvccReadConflict, await CodeOfAsync(second));
        Assert.Equal(TxValidationCode.MvccReadConflict, await CodeOfAsync(byHash));
        Assert.Equal("2", await ReadAsync(Aurora, [], $"get {Own} {_key}"));
    }

    [Fact]
    public async Task Ranges_AreReadInOrder_AndForbidWrites()
    {
        await WriteAsync(Aurora, [], $"put {Own} {_key}-b 2", $"put {Own} {_key}-a 1", $"put {Own} {_key}-c 3");
        Assert.Equal(
            $"{_key}-a=1,{_key}-b=2", await ReadAsync(Aurora, [], $"range {Own} {_key}-a {_key}-c"));
        await RefusedAsync(
            WriteAsync(Aurora, [], $"range {Own} {_key}-a {_key}-c", "put-public k v"),
            "unsuppored transaction. Transaction has already performed queries on pvt data. Writes are not allowed");
    }

    [Fact]
    public async Task Values_ThatCannotBePassedOn_FailWhoeverAsksForWhat()
    {
        const string Reason = "required to disseminate to at least 1 peers, but know of only 0 eligible peers";
        await RefusedAsync(EndorseAsync(Aurora, "-", $"put {Lonely} {_key} v"), Reason);
        await RefusedAsync(ReadAsync(Aurora, [Aurora], $"put {Lonely} {_key} v"), Reason);
        await RefusedAsync(ReadAsync(Aurora, [Aurora], $"put {Lonely} {_key} v", "status 404"), Reason);
        Assert.Equal("-", await ReadAsync(Aurora, [Aurora], $"get {Lonely} {_key}"));
    }

    [Fact]
    public async Task Deleted_IsGoneForAll()
    {
        await WriteAsync(Aurora, [], $"put {Own} {_key} 1");
        await WriteAsync(Aurora, [], $"delete {Own} {_key}");
        Assert.Equal("-", await ReadAsync(Aurora, [], $"get {Own} {_key}"));
        Assert.Equal("-", await ReadAsync(Aurora, [], $"hash {Own} {_key}"));
        Assert.Equal("", await ReadAsync(Aurora, [], $"range {Own} {_key} {_key}~"));
    }

    [Fact]
    public async Task Purged_IsGoneFromEarlierBlocks_WhereDeletedIsNot()
    {
        var written = await WriteAsync(Aurora, [], $"put {Own} {_key} 1", $"put {Own} {_key}-kept 2");
        await WriteAsync(Aurora, [], $"delete {Own} {_key}-kept");
        Assert.Equal([_key, $"{_key}-kept"], await KeptKeysAsync(Aurora, written));
        await WriteAsync(Aurora, [], $"purge {Own} {_key}");
        Assert.Equal("-", await ReadAsync(Aurora, [], $"get {Own} {_key}"));
        Assert.Equal([$"{_key}-kept"], await KeptKeysAsync(Aurora, written));
    }

    [Fact]
    public async Task BlocksToLive_OncePassed_ForgetTheValueAndItsHash()
    {
        var written = await WriteAsync(Aurora, [Aurora], $"put {Brief} {_key} 1");
        await PassAsync(written.BlockNumber + 2);
        Assert.Equal("1", await ReadAsync(Aurora, [], $"get {Brief} {_key}"));
        await PassAsync(written.BlockNumber + 3);
        Assert.Equal("-", await ReadAsync(Aurora, [], $"get {Brief} {_key}"));
        Assert.Equal("-", await ReadAsync(Aurora, [], $"hash {Brief} {_key}"));
        Assert.Null(await PrivateOfAsync(Aurora, written));
    }

    [Fact]
    public async Task Events_HaveTheValuesThatTheReaderMayHave()
    {
        var ours = await WriteAsync(Aurora, [Aurora], $"put {Shared} {_key} ours");
        var open = await WriteAsync(Linden, [Tejo], $"put {Tejos} {_key} open");
        Assert.Equal([_key], await KeptKeysAsync(Aurora, ours));
        Assert.Equal([_key], await KeptKeysAsync(Tejo, ours));
        Assert.Null(await PrivateOfAsync(Linden, ours));
        Assert.Equal([_key], await KeptKeysAsync(Tejo, open));
        Assert.Null(await PrivateOfAsync(Aurora, open));
    }

    private async Task<CommitStatus> WriteAsync(string mspId, string[] endorsers, params string[] steps)
    {
        var transaction = await NewProposal(mspId, endorsers, null, steps).EndorseAsync(cancellationToken: Cancel);
        var commit = await transaction.SubmitAsync(cancellationToken: Cancel);
        return (await commit.GetStatusAsync(cancellationToken: Cancel)).EnsureSuccessful();
    }

    private Task<Transaction> EndorseAsync(string mspId, string transient, params string[] steps) =>
        NewProposal(mspId, [], transient, steps).EndorseAsync(cancellationToken: Cancel);

    private async Task<TxValidationCode> CodeAsync(string mspId, string[] endorsers, params string[] steps) =>
        await CodeOfAsync(await NewProposal(mspId, endorsers, null, steps).EndorseAsync(cancellationToken: Cancel));

    private static async Task<TxValidationCode> CodeOfAsync(Transaction transaction)
    {
        var commit = await transaction.SubmitAsync(cancellationToken: Cancel);
        return (await commit.GetStatusAsync(cancellationToken: Cancel)).Code;
    }

    private async Task<string> ReadAsync(string mspId, string[] endorsers, params string[] steps) =>
        Encoding.UTF8.GetString(
            await NewProposal(mspId, endorsers, null, steps).EvaluateAsync(cancellationToken: Cancel));

    /// <summary>Asks a member's own peer, which may be a block behind another's, until it says so.</summary>
    private async Task<string> EventuallyAsync(string mspId, string step, Predicate<string> isSo)
    {
        string last = "";
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    last = await ReadAsync(mspId, [mspId], step);
                    return isSo(last);
                }
                catch (EvaluateException behind)
                {
                    last = behind.Message;
                    return false;
                }
            },
            () => $"{step} at {mspId}: {last}");
        return last;
    }

    private Proposal NewProposal(string mspId, string[] endorsers, string? transient, string[] steps)
    {
        var options = new ProposalOptions
        {
            Arguments = [.. steps.Select(step => (TransactionArgument)step)],
            EndorsingOrganizations = endorsers,
            Transient = transient is null
                ? new Dictionary<string, ReadOnlyMemory<byte>>()
                : new Dictionary<string, ReadOnlyMemory<byte>> { ["v"] = Encoding.UTF8.GetBytes(transient) },
        };
        return network[mspId].User.NewProposal("Take", options);
    }

    private static async Task RefusedAsync(Task call, string reason)
    {
        var refused = await Assert.ThrowsAnyAsync<FabricException>(() => call);
        string said = $"{refused.Message} {string.Join(' ', refused.Details.Select(detail => detail.Message))}";
        Assert.Contains(reason, said, StringComparison.Ordinal);
    }

    /// <summary>Lets blocks pass until this one is the newest.</summary>
    private async Task PassAsync(ulong block)
    {
        while (await network[Aurora].Network.GetNewestBlockNumberAsync(Cancel) < block)
        {
            await WriteAsync(Aurora, [Aurora], $"put-public pass {Guid.NewGuid():N}");
        }
    }

    private async Task<Block> BlockAsync(string mspId, ulong number)
    {
        await foreach (var block in network[mspId].Network.GetBlockEvents(new() { StartBlock = number }, Cancel))
        {
            return block;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private async Task<TxPvtReadWriteSet?> PrivateOfAsync(string mspId, CommitStatus status)
    {
        var from = new EventOptions { StartBlock = status.BlockNumber };
        await foreach (var delivered in network[mspId].Network.GetBlockAndPrivateDataEvents(from, Cancel))
        {
            int position = IndexOf(delivered.Block, status.TransactionId);
            return delivered.PrivateDataMap.GetValueOrDefault((ulong)position);
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private async Task<string[]> KeptKeysAsync(string mspId, CommitStatus status)
    {
        var kept = await PrivateOfAsync(mspId, status);
        Assert.NotNull(kept);
        var set = KVRWSet.Parser.ParseFrom(kept.NsPvtRwset.Single().CollectionPvtRwset.Single().Rwset);
        return [.. set.Writes.Select(write => write.Key)];
    }

    private static int IndexOf(Block block, string transactionId) =>
        block.Data.Data.Select(envelope => HeaderOf(PayloadOf(envelope)).TxId).ToList().IndexOf(transactionId);

    private static TxReadWriteSet SetsOf(Block block, string transactionId) =>
        TxReadWriteSet.Parser.ParseFrom(ActionOf(PayloadOf(block.Data.Data[IndexOf(block, transactionId)])).Results);

    private static Payload PayloadOf(ByteString envelope) =>
        Payload.Parser.ParseFrom(Envelope.Parser.ParseFrom(envelope).Payload);

    private static ChannelHeader HeaderOf(Payload payload) =>
        ChannelHeader.Parser.ParseFrom(payload.Header.ChannelHeader);

    private static ChaincodeAction ActionOf(Payload payload)
    {
        var action = MicroCreds.Fabric.Protocol.Peer.Transaction.Parser.ParseFrom(payload.Data).Actions.Single();
        var endorsed = ChaincodeActionPayload.Parser.ParseFrom(action.Payload).Action;
        var response = ProposalResponsePayload.Parser.ParseFrom(endorsed.ProposalResponsePayload);
        return ChaincodeAction.Parser.ParseFrom(response.Extension);
    }

    private static string[] EndorsersOf(Transaction transaction) => GatewayCaller.EndorsersOf(
        MicroCreds.Fabric.Protocol.Gateway.PreparedTransaction.Parser.ParseFrom(transaction.ToBytes()).Envelope);

    private static string Sha256(string value) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
