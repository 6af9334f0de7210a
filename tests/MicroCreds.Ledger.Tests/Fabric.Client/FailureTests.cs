using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class FailureTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evaluate_ChaincodeError_IsToldWithItsStatusAndMessage()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Unknown, "evaluate call to endorser returned error: chaincode response 404, no such root, x",
            TestEnvelope.Detail("chaincode response 404, no such root, x"));
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => server.Contract().EvaluateAsync("Query", cancellationToken: Cancel));
        Assert.Equal(new ChaincodeAnswer(404, "no such root, x"), e.ChaincodeAnswer);
        Assert.Equal(StatusCode.Unknown, e.StatusCode);
    }

    [Fact]
    public async Task Endorse_PeersFail_OneLineNamesTransactionPeersAndReasons()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEndorse = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Aborted, "failed to collect enough transaction endorsements, see attached details for more info",
            TestEnvelope.Detail("first reason"), TestEnvelope.Detail("second reason"));
        var proposal = server.Contract().NewProposal("Issue");
        var e = await Assert.ThrowsAsync<EndorseException>(() => proposal.EndorseAsync(cancellationToken: Cancel));
        Assert.Equal(proposal.TransactionId, e.TransactionId);
        Assert.Equal(
            [new("peer0.aurora.example:7051", "AuroraMSP", "first reason"),
             new("peer0.aurora.example:7051", "AuroraMSP", "second reason")],
            e.Details);
        string[] parts = [proposal.TransactionId, "Aborted", "peer0.aurora.example:7051", "second reason"];
        foreach (string part in parts)
        {
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\n', e.Message);
        Assert.Null(e.ChaincodeAnswer);
    }

    [Fact]
    public async Task Submit_OrdererFails_IsASubmitException()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnSubmit = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Unavailable, "no orderers could successfully process transaction",
            TestEnvelope.Detail("refused"));
        var e = await Assert.ThrowsAsync<SubmitException>(
            () => server.Contract().SubmitAsync("Issue", cancellationToken: Cancel));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal("refused", Assert.Single(e.Details).Message);
    }

    [Fact]
    public async Task CommitStatus_Fails_IsACommitStatusException()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnCommitStatus = (_, _) => throw new RpcException(new(StatusCode.PermissionDenied, "no reader"));
        var e = await Assert.ThrowsAsync<CommitStatusException>(
            () => server.Contract().SubmitAsync("Issue", cancellationToken: Cancel));
        Assert.Equal(StatusCode.PermissionDenied, e.StatusCode);
        Assert.Empty(e.Details);
    }

    [Fact]
    public async Task Commit_Invalid_NamesTheCodeAsFabricDoes()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnCommitStatus = (_, _) => Task.FromResult(
            new CommitStatusResponse { Result = TxValidationCode.MvccReadConflict, BlockNumber = 9 });
        var e = await Assert.ThrowsAsync<CommitException>(
            () => server.Contract().SubmitAsync("Issue", cancellationToken: Cancel));
        Assert.Equal((TxValidationCode.MvccReadConflict, 9UL), (e.Code, e.BlockNumber));
        Assert.Contains("MVCC_READ_CONFLICT (validation code 11)", e.Message, StringComparison.Ordinal);
        Assert.IsType<FabricException>(e, exactMatch: false);
    }

    [Fact]
    public async Task Deadlines_EachKindOfCall_HasItsOwn()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = async (_, context) => await UntilCancelledAsync<EvaluateResponse>(context);
        server.OnCommitStatus = async (_, context) => await UntilCancelledAsync<CommitStatusResponse>(context);
        var contract = server.Contract(options => options with { EvaluateTimeout = Soon, CommitStatusTimeout = Soon });
        var evaluate = await Assert.ThrowsAsync<EvaluateException>(
            () => contract.EvaluateAsync("Query", cancellationToken: Cancel));
        var status = await Assert.ThrowsAsync<CommitStatusException>(
            () => contract.SubmitAsync("Issue", cancellationToken: Cancel));
        Assert.Equal(StatusCode.DeadlineExceeded, evaluate.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, status.StatusCode);

        server.OnEndorse = async (_, context) => await UntilCancelledAsync<EndorseResponse>(context);
        var proposal = contract.NewProposal("Issue");
        var endorse = await Assert.ThrowsAsync<EndorseException>(() => proposal.EndorseAsync(Soon, Cancel));
        Assert.Equal(StatusCode.DeadlineExceeded, endorse.StatusCode);
    }

    [Fact]
    public async Task Cancelled_ByTheCaller_IsNoFailureOfFabric()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        server.OnEvaluate = async (_, context) =>
        {
            await source.CancelAsync();
            return await UntilCancelledAsync<EvaluateResponse>(context);
        };
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => server.Contract().EvaluateAsync("Query", cancellationToken: source.Token));
        Assert.Equal(source.Token, e.CancellationToken);
    }

    [Fact]
    public async Task Endorse_AnswerIsAnotherTransaction_IsRefusedBeforeItIsSigned()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        EndorseResponse? other = null;
        server.OnEndorse = (request, _) => Task.FromResult(other ??= TestEnvelope.Endorsed(request, "x"));
        await contract.NewProposal("Issue").EndorseAsync(cancellationToken: Cancel);
        var e = await Assert.ThrowsAsync<EndorseException>(
            () => contract.NewProposal("Issue").EndorseAsync(cancellationToken: Cancel));
        Assert.Contains("instead", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    public async Task Endorse_AnswerIsNoTransaction_IsAnEndorseException(string payload)
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEndorse = (_, _) => Task.FromResult(new EndorseResponse
        {
            PreparedTransaction = new Envelope { Payload = ByteString.CopyFromUtf8(payload) },
        });
        await Assert.ThrowsAsync<EndorseException>(
            () => server.Contract().SubmitAsync("Issue", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Failure_WithGarbageInItsDetails_StillTellsItsMessage()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (_, _) => throw new RpcException(
            new(StatusCode.Aborted, "plain words"),
            new Grpc.Core.Metadata { { "grpc-status-details-bin", new byte[] { 255, 255, 255 } } });
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => server.Contract().EvaluateAsync("Query", cancellationToken: Cancel));
        Assert.Contains("plain words", e.Message, StringComparison.Ordinal);
        Assert.Empty(e.Details);
    }

    [Fact]
    public async Task NobodyListens_TheMessageSaysWhy()
    {
        string endpoint = FreePorts.TakeAddress();
        using var channel = PeerChannel.Open(new PeerChannelOptions { Endpoint = endpoint, Plaintext = true });
        using var gateway = FabricGateway.Connect(new GatewayOptions
        {
            Channel = channel,
            Identity = NodeVectors.Identity,
            Signer = ScriptedGateway.Signer,
        });
        var contract = gateway.GetNetwork("credentials").GetContract("microcreds");
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => contract.EvaluateAsync("Query", cancellationToken: Cancel));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    private static async Task<T> UntilCancelledAsync<T>(ServerCallContext context)
    {
        var never = new TaskCompletionSource<T>();
        return await never.Task.WaitAsync(context.CancellationToken);
    }
}
