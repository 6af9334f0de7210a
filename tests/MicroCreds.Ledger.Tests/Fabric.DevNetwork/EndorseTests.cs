using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Who is asked to endorse, and what the application hears when it fails.</summary>
public sealed class EndorseTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string First = "failed to endorse transaction, see attached details for more info";
    private const string Enough =
        "failed to collect enough transaction endorsements, see attached details for more info";

    private const string NoCombination =
        "no combination of peers can be derived which satisfy the endorsement policy: ";

    [Theory]
    [InlineData(AnyOne, 1)]
    [InlineData(TwoOfThree, 2)]
    [InlineData(All, 3)]
    public async Task Endorse_ChaincodePolicy_AsksAsManyOrganizationsAsItWants(string chaincode, int count)
    {
        var caller = network.Caller(chaincode, Beta);

        string[] endorsers = GatewayCaller.EndorsersOf(await caller.EndorseAsync(caller.Draft("put", "k", "v")));

        Assert.Equal(count, endorsers.Length);
        Assert.Contains(Beta, endorsers);
    }

    [Fact]
    public async Task Endorse_NothingReadOrWritten_IsEndorsedUnderTheChaincodePolicy()
    {
        var caller = network.Caller();

        string[] endorsers = GatewayCaller.EndorsersOf(await caller.EndorseAsync(caller.Draft("nothing")));

        Assert.Equal(2, endorsers.Length);
    }

    [Fact]
    public async Task Endorse_KeyWithItsOwnPolicy_AsksThatPolicysOrganizationsOnly()
    {
        var caller = network.Caller(AnyOne);
        await caller.SubmitAsync("put", "owned", "1");
        await caller.SubmitAsync("policy", "owned", Beta, Gamma);

        string[] onKey = GatewayCaller.EndorsersOf(await caller.EndorseAsync(caller.Draft("put", "owned", "2")));
        string[] onReading = GatewayCaller.EndorsersOf(await caller.EndorseAsync(caller.Draft("get", "owned")));

        Assert.Equal([Beta, Gamma], onKey);
        Assert.Equal([Alpha], onReading);
        Assert.Equal(TxValidationCode.Valid, (await caller.SubmitAsync("put", "owned", "2")).Result);
    }

    [Fact]
    public async Task Endorse_KeyPolicyOfNoMember_CannotBeDerived()
    {
        var caller = network.Caller(AnyOne);
        await caller.SubmitAsync("put", "lost", "1");
        await caller.SubmitAsync("policy", "lost", "NobodyMSP");

        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("put", "lost", "2")),
            StatusCode.FailedPrecondition,
            NoCombination + "no peer combination can satisfy the endorsement policy");
    }

    [Fact]
    public async Task Endorse_GivenOrganizations_AsksExactlyThose()
    {
        var caller = network.Caller();

        var envelope = await caller.EndorseAsync(caller.Draft("put", "given", "v"), Gamma);

        Assert.Equal([Gamma], GatewayCaller.EndorsersOf(envelope));
    }

    [Fact]
    public async Task Endorse_GivenOrganizationsWithoutPeers_AreNamed()
    {
        var caller = network.Caller();

        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("put", "k", "v"), Alpha, "NoMSP", "OrdererMSP"),
            StatusCode.Unavailable,
            "failed to find any endorsing peers for org(s): NoMSP, OrdererMSP");
    }

    [Theory]
    [InlineData("differ")]
    [InlineData("differAt", Beta)]
    public async Task Endorse_ResultsDiffer_IsRefusedNamingThePeer(params string[] arguments)
    {
        var caller = network.Caller(All);

        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EndorseAsync(caller.Draft(arguments)));

        Assert.Equal((StatusCode.Aborted, Enough), (e.StatusCode, e.Status.Detail));
        Assert.Contains($"{Beta}: ProposalResponsePayloads do not match", DetailsOf(e));
    }

    [Fact]
    public async Task Endorse_OneOrganizationDiffersOrFails_AnotherTakesItsPlace()
    {
        var caller = network.Caller();

        var differing = await caller.EndorseAsync(caller.Draft("differAt", Beta));
        var failing = await caller.EndorseAsync(caller.Draft("failAt", Gamma));

        Assert.Equal([Alpha, Gamma], GatewayCaller.EndorsersOf(differing));
        Assert.Equal([Alpha, Beta], GatewayCaller.EndorsersOf(failing));
    }

    [Fact]
    public async Task Endorse_ChaincodeFails_IsAbortedWithTheTextInTheDetails()
    {
        var caller = network.Caller();
        string boom = "chaincode response 500, boom";

        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("fail")), StatusCode.Aborted, First, $"{Alpha}: {boom}");
        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("fail"), Alpha, Beta),
            StatusCode.Aborted,
            Enough,
            $"{Alpha}: {boom}",
            $"{Beta}: {boom}");
        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("failAt", Alpha)),
            StatusCode.Aborted,
            First,
            $"{Alpha}: chaincode response 500, only {Alpha}");
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(199, false)]
    [InlineData(200, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(499, false)]
    [InlineData(500, false)]
    [InlineData(600, false)]
    public async Task Endorse_ChaincodeStatus_DecidesBetween200And399(int status, bool isEndorsed)
    {
        var caller = network.Caller();
        string text = status.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var endorse = () => caller.EndorseAsync(caller.Draft("status", text));

        if (isEndorsed)
        {
            Assert.Equal(2, GatewayCaller.EndorsersOf(await endorse()).Length);
        }
        else
        {
            await FailsAsync(endorse, StatusCode.Aborted, First, $"{Alpha}: chaincode response {status}, msg");
        }
    }

    [Fact]
    public async Task Endorse_ChaincodeUnknownOrNowhere_CannotBeDerived()
    {
        var unknown = network.Caller("nope");
        var nowhere = network.Caller(Nowhere);
        var draft = network.Caller().Draft("get", "k");
        draft.Channel.ChannelId = "nochannel";

        await FailsAsync(
            () => unknown.EndorseAsync(unknown.Draft("get", "k")),
            StatusCode.FailedPrecondition,
            $"{NoCombination}No metadata was found for chaincode nope in channel {Channel}");
        await FailsAsync(
            () => nowhere.EndorseAsync(nowhere.Draft("get", "k")),
            StatusCode.FailedPrecondition,
            NoCombination + "required chaincodes are not installed on sufficient peers");
        await FailsAsync(
            () => network.Caller().EndorseAsync(draft),
            StatusCode.FailedPrecondition,
            $"{NoCombination}No metadata was found for chaincode {TwoOfThree} in channel nochannel");
    }

    [Fact]
    public async Task Endorse_ChaincodeElsewhereOnly_GoesThereUnlessDataIsTransient()
    {
        var caller = network.Caller(OnlyBeta);
        var transient = caller.Draft("put", "k", "v");
        transient.Transient["secret"] = ByteString.CopyFromUtf8("s");

        var envelope = await caller.EndorseAsync(caller.Draft("put", "k", "v"));

        Assert.Equal([Beta], GatewayCaller.EndorsersOf(envelope));
        await FailsAsync(
            () => caller.EndorseAsync(transient),
            StatusCode.FailedPrecondition,
            "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect "
                + "transient data");
    }

    [Fact]
    public async Task Endorse_TransientData_NeverReachesTheTransaction()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "k", "v");
        draft.Transient["secret"] = ByteString.CopyFromUtf8("hidden-value");

        var envelope = await caller.EndorseAsync(draft);

        Assert.Equal(-1, envelope.Payload.Span.IndexOf("hidden-value"u8));
        await caller.SubmitAsync(envelope);
        Assert.Equal(TxValidationCode.Valid, (await caller.CommitStatusAsync(draft.Channel.TxId)).Result);
    }

    [Fact]
    public async Task Endorse_OneTransactionIdTwiceAtOnce_TheSecondIsRefusedOnTheStream()
    {
        var caller = network.Caller(AnyOne);
        var draft = caller.Draft("silent");

        var calls = new[] { caller.EndorseAsync(draft), caller.EndorseAsync(draft) };
        var failures = await Task.WhenAll(calls.Select(call => Assert.ThrowsAsync<RpcException>(() => call)));

        string prefix = $"{Alpha}: error in simulation: failed to execute transaction {draft.Channel.TxId}: ";
        Assert.Equal(
            [
                prefix + "error sending: timeout expired while executing transaction",
                prefix + $"error sending: txid: {draft.Channel.TxId}({Channel}) exists",
            ],
            failures.SelectMany(DetailsOf).Order(StringComparer.Ordinal));
    }
}
