using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Proposals that are wrong, forged or hostile, sent through both the gateway's doors.</summary>
public sealed class ProposalTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string Evaluated = "evaluate call to endorser returned error: ";
    private const string Malformed =
        $"error validating proposal: access denied: channel [{Channel}] creator org unknown, creator is malformed";

    private const string Denied =
        $"error validating proposal: access denied: channel [{Channel}] creator org [{Alpha}]";

    public static TheoryData<string, string> Faults => new()
    {
        { "header type 0", "error validating proposal: invalid header type MESSAGE" },
        { "header type 77", "error validating proposal: invalid header type 77" },
        { "epoch 1", "error validating proposal: epoch is non-zero" },
        { "no nonce", "error validating proposal: nonce is empty" },
        { "no creator", "error validating proposal: creator is empty" },
        { "garbage creator", Malformed },
        { "garbage certificate", Malformed },
        { "unknown MSP", Malformed },
        { "certificate of another member", Malformed },
        { "self-signed", Malformed },
        { "certificate without a role", Denied },
        { "certificate with an unknown role", Denied },
        { "no signature", "error validating proposal: empty signature bytes" },
        { "garbage signature", Denied },
        { "signed by another key", Denied },
        { "high s", Denied },
        { "no chaincode in the extension", "ChaincodeHeaderExtension.ChaincodeId is nil" },
        { "no input", "chaincode input did not contain any input" },
        {
            "peer as creator",
            $"Failed evaluating policy on signed data during check policy on channel [{Channel}] with policy "
            + "[/Channel/Application/Writers]: [implicit policy evaluation failed - 0 sub-policies were satisfied, "
            + "but this policy requires 1 of the 'Writers' sub-policies to be satisfied]"
        },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Proposal_Faulty_IsRefusedWithTheReason(string fault, string reason)
    {
        var proposal = Make(fault);
        var gateway = network.Caller().Gateway;

        await FailsAsync(
            async () => await gateway.EvaluateAsync(new EvaluateRequest { ProposedTransaction = proposal }),
            StatusCode.FailedPrecondition,
            Evaluated + reason,
            $"{Alpha}: {reason}");
        await FailsAsync(
            async () => await gateway.EndorseAsync(new EndorseRequest { ProposedTransaction = proposal }),
            StatusCode.Aborted,
            "failed to endorse transaction, see attached details for more info",
            $"{Alpha}: {reason}");
        await FailsAsync(
            async () => await network.Caller().Endorser.ProcessProposalAsync(proposal),
            StatusCode.Unknown,
            reason);
    }

    [Fact]
    public async Task Proposal_TransactionIdNotComputedFromNonceAndCreator_IsRefused()
    {
        var caller = network.Caller();
        var draft = caller.Draft("get", "k");
        string expected = TransactionId.Compute(draft.Signer.Nonce.Span, draft.Signer.Creator.Span);
        draft.ComputesTransactionId = false;
        draft.Channel.TxId = new string('a', 64);
        string reason = $"error validating proposal: incorrectly computed txid '{draft.Channel.TxId}' "
            + $"-- expected '{expected}'";

        await FailsAsync(
            () => caller.EvaluateAsync(draft), StatusCode.FailedPrecondition, Evaluated + reason, $"{Alpha}: {reason}");
    }

    [Theory]
    [InlineData(-16 * 60)]
    [InlineData(16 * 60)]
    [InlineData(long.MinValue / 2)]
    [InlineData(long.MaxValue / 2)]
    public async Task Proposal_TimestampOff_IsRefusedByEveryPeer(long seconds)
    {
        var caller = network.Caller();
        var draft = caller.Draft("get", "k");
        long now = draft.Channel.Timestamp.Seconds;
        draft.Channel.Timestamp = new Timestamp { Seconds = now + seconds };

        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EvaluateAsync(draft));

        Assert.Equal(
            (StatusCode.Unavailable, "failed to evaluate transaction, see attached details for more info"),
            (e.StatusCode, e.Status.Detail));
        string[] details = DetailsOf(e);
        Assert.Equal(3, details.Length);
        Assert.StartsWith($"{Alpha}: request unauthorized due to incorrect timestamp ", details[0],
            StringComparison.Ordinal);
        Assert.StartsWith(
            $"{Beta}: rpc error: code = Unknown desc = request unauthorized due to incorrect timestamp ", details[1],
            StringComparison.Ordinal);
        Assert.EndsWith("peer.authentication.timewindow 15m0s", details[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proposal_OfAnExpiredIdentity_IsRefusedByEveryPeer()
    {
        var caller = network.Caller();
        using var expired = IssuedIdentity.Issue(
            network.DirectoryOf(Alpha), Alpha, "client", TimeSpan.FromMinutes(-1));
        var draft = caller.Draft("get", "k");
        draft.Signer.Creator = expired.Creator;
        var proposal = expired.Sign(caller.Sign(draft));

        await FailsAsync(
            async () => await caller.Gateway.EvaluateAsync(new EvaluateRequest { ProposedTransaction = proposal }),
            StatusCode.Unavailable,
            "failed to evaluate transaction, see attached details for more info",
            $"{Alpha}: proposal client identity expired",
            $"{Beta}: rpc error: code = Unknown desc = proposal client identity expired",
            $"{Gamma}: rpc error: code = Unknown desc = proposal client identity expired");
        await FailsAsync(
            async () => await caller.Gateway.EndorseAsync(new EndorseRequest { ProposedTransaction = proposal }),
            StatusCode.Aborted,
            "failed to endorse transaction, see attached details for more info",
            $"{Alpha}: proposal client identity expired");
    }

    [Theory]
    [InlineData(Alpha)]
    [InlineData("NoMSP")]
    public async Task Proposal_OfAnExpiredIdentityThatNobodyIssued_IsExpiredBeforeItIsMalformed(string mspId)
    {
        var caller = network.Caller();
        using var expired = IssuedIdentity.SelfSigned(mspId, "client", TimeSpan.FromMinutes(-1));
        var draft = caller.Draft("get", "k");
        draft.Signer.Creator = expired.Creator;
        var proposal = expired.Sign(caller.Sign(draft));

        await FailsAsync(
            async () => await caller.Endorser.ProcessProposalAsync(proposal),
            StatusCode.Unknown,
            "proposal client identity expired");
    }

    [Fact]
    public async Task Proposal_TransactionAlreadyCommitted_IsADuplicate()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "duplicate", "1");
        await caller.SubmitAsync(await caller.EndorseAsync(draft));
        await caller.CommitStatusAsync(draft.Channel.TxId);
        string reason = $"duplicate transaction found [{draft.Channel.TxId}]. "
            + $"Creator [{Convert.ToHexStringLower(caller.Creator.Span)}]";

        await FailsAsync(
            () => caller.EvaluateAsync(draft), StatusCode.FailedPrecondition, Evaluated + reason, $"{Alpha}: {reason}");
    }

    [Fact]
    public async Task Proposal_Garbage_IsAnInvalidArgument()
    {
        var gateway = network.Caller().Gateway;
        var garbage = new SignedProposal { ProposalBytes = ByteString.CopyFromUtf8("garbage"), Signature = Bytes(1) };
        const string Unmarshal = "error unmarshalling Proposal: proto: cannot parse invalid wire-format data";

        await FailsAsync(
            async () => await gateway.EvaluateAsync(new EvaluateRequest { ProposedTransaction = garbage }),
            StatusCode.InvalidArgument,
            "failed to unpack transaction proposal: " + Unmarshal);
        await FailsAsync(
            async () => await gateway.EndorseAsync(new EndorseRequest { ProposedTransaction = garbage }),
            StatusCode.InvalidArgument,
            Unmarshal);
        await FailsAsync(
            async () => await gateway.EvaluateAsync(new EvaluateRequest()),
            StatusCode.InvalidArgument,
            "failed to unpack transaction proposal: a signed proposal is required");
        await FailsAsync(
            async () => await gateway.EndorseAsync(new EndorseRequest()),
            StatusCode.InvalidArgument,
            "the proposed transaction must contain a signed proposal");
    }

    [Fact]
    public async Task Proposal_LargerThan100MiB_IsRefusedBeforeItIsRead()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "huge", new string('x', 101 * 1024 * 1024));

        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EvaluateAsync(draft));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Evaluate_WrongTarget_SaysWhatIsMissing()
    {
        var caller = network.Caller();
        var elsewhere = caller.Draft("get", "k");
        elsewhere.Channel.ChannelId = "nochannel";
        var nameless = GatewayCaller.Naming(caller.Draft("get", "k"), "");

        await FailsAsync(
            () => caller.EvaluateAsync(elsewhere),
            StatusCode.Unavailable,
            "failed to get config for channel [nochannel]: could not get last config for channel nochannel");
        await FailsAsync(
            () => caller.EvaluateAsync(nameless),
            StatusCode.InvalidArgument,
            $"failed to unpack transaction proposal: no chaincode name is provided, channel id [{Channel}]");
        await FailsAsync(
            () => caller.EvaluateAsync(GatewayCaller.Naming(caller.Draft("get", "k"), "nope")),
            StatusCode.FailedPrecondition,
            $"no peers available to evaluate chaincode nope in channel {Channel}");
        await FailsAsync(
            () => caller.EvaluateAsync(caller.Draft("get", "k"), "NoMSP"),
            StatusCode.FailedPrecondition,
            $"no peers available to evaluate chaincode {TwoOfThree} in channel {Channel}");
    }

    private static ByteString Bytes(int length) => ByteString.CopyFrom(new byte[length]);

    private SignedProposal Make(string fault)
    {
        var caller = network.Caller(user: fault == "peer as creator" ? "peer" : "User1");
        var draft = caller.Draft("get", "k");
        if (fault is "self-signed" or "certificate without a role" or "certificate with an unknown role")
        {
            string unit = fault == "certificate without a role" ? "" : fault == "self-signed" ? "client" : "janitor";
            using var forged = fault == "self-signed"
                ? IssuedIdentity.SelfSigned(Alpha, unit)
                : IssuedIdentity.Issue(network.DirectoryOf(Alpha), Alpha, unit, TimeSpan.FromDays(1));
            draft.Signer.Creator = forged.Creator;
            return forged.Sign(caller.Sign(draft));
        }

        switch (fault)
        {
            case "header type 0":
                draft.Channel.Type = (int)HeaderType.Message;
                break;
            case "header type 77":
                draft.Channel.Type = 77;
                break;
            case "epoch 1":
                draft.Channel.Epoch = 1;
                break;
            case "no nonce":
                draft.Signer.Nonce = ByteString.Empty;
                break;
            case "no creator":
                draft.Signer.Creator = ByteString.Empty;
                break;
            case "garbage creator":
                draft.Signer.Creator = ByteString.CopyFromUtf8("garbage");
                break;
            case "garbage certificate":
                draft.Signer.Creator = Creator(Alpha, ByteString.CopyFromUtf8("garbage"));
                break;
            case "unknown MSP":
                draft.Signer.Creator = Creator("NoMSP", Certificate(caller.Creator));
                break;
            case "certificate of another member":
                draft.Signer.Creator = Creator(Alpha, Certificate(network.Caller(mspId: Beta).Creator));
                break;
            case "no chaincode in the extension":
                draft.Channel.Extension = ByteString.Empty;
                break;
            case "no input":
                draft.Invocation.ChaincodeSpec.Input = null;
                break;
            default:
                break;
        }

        var signed = caller.Sign(draft);
        signed.Signature = fault switch
        {
            "no signature" => ByteString.Empty,
            "garbage signature" => ByteString.CopyFromUtf8("garbage"),
            "signed by another key" =>
                ByteString.CopyFrom(network.Caller(mspId: Beta).Sign(signed.ProposalBytes.Span)),
            "high s" => ByteString.CopyFrom(SignatureForms.ToHighS(signed.Signature.Span)),
            _ => signed.Signature,
        };
        return signed;
    }

    private static ByteString Creator(string mspId, ByteString certificate) =>
        new SerializedIdentity { Mspid = mspId, IdBytes = certificate }.ToByteString();

    private static ByteString Certificate(ByteString creator) => SerializedIdentity.Parser.ParseFrom(creator).IdBytes;
}
