using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>What is sent again, under which transaction id, and what is not.</summary>
public sealed class RetryTests
{
    private static readonly SubmitRetryOptions Quick = new()
    {
        MaxAttempts = 3,
        MaxSendings = 3,
        MinDelay = TimeSpan.FromMilliseconds(1),
        MaxDelay = TimeSpan.FromMilliseconds(2),
    };

    private readonly List<ByteString> _sent = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitTimesOut_ButWasOrdered_IsNotSentAgain()
    {
        await using var server = await StartAsync((_, _) => throw Failure(StatusCode.DeadlineExceeded));
        byte[] result = await SubmitAsync(server);
        Assert.Equal("endorsed", Encoding.UTF8.GetString(result));
        Assert.Single(_sent);
    }

    [Fact]
    public async Task OutcomeStaysUnknown_TheIdenticalEnvelopeIsSentAgain()
    {
        await using var server = await StartAsync((_, n) => n == 1 ? throw Failure(StatusCode.Unavailable) : new());
        TellOnlyWhenAskedAgain(server);
        await SubmitAsync(server);
        Assert.Equal(2, _sent.Count);
        Assert.Equal(_sent[0], _sent[1]);
    }

    [Fact]
    public async Task OutcomeNeverKnown_GivesUpWithoutANewTransactionId()
    {
        await using var server = await StartAsync((_, _) => throw Failure(StatusCode.Unavailable));
        server.OnCommitStatus = (_, _) => throw Failure(StatusCode.Unavailable);
        await Assert.ThrowsAsync<CommitStatusException>(() => SubmitAsync(server));
        Assert.Equal(Quick.MaxSendings, _sent.Count);
        Assert.Single(_sent.Distinct());
    }

    [Fact]
    public async Task KnownConflict_IsDoneAgainUnderANewTransactionId()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        int asked = 0;
        server.OnCommitStatus = (_, _) => Task.FromResult(new CommitStatusResponse
        {
            Result = ++asked < 3 ? TxValidationCode.MvccReadConflict : TxValidationCode.Valid,
        });
        await SubmitAsync(server);
        Assert.Equal(3, _sent.Distinct().Count());
    }

    [Fact]
    public async Task InvalidForAReasonThatStays_IsNotRepeated()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        server.OnCommitStatus = (_, _) => Task.FromResult(
            new CommitStatusResponse { Result = TxValidationCode.EndorsementPolicyFailure });
        var e = await Assert.ThrowsAsync<CommitException>(() => SubmitAsync(server));
        Assert.Equal(TxValidationCode.EndorsementPolicyFailure, e.Code);
        Assert.Single(_sent);
    }

    [Fact]
    public async Task SubmitRefused_IsNotRepeated()
    {
        await using var server = await StartAsync((_, _) => throw Failure(StatusCode.InvalidArgument));
        await Assert.ThrowsAsync<SubmitException>(() => SubmitAsync(server));
        Assert.Single(_sent);
    }

    [Theory]
    [InlineData("status=FORBIDDEN, info=no writer")]
    [InlineData("status=BAD_REQUEST, info=message payload is 11534336 bytes and exceeds maximum allowed")]
    [InlineData("FORBIDDEN")]
    public async Task OrdererRefuses_AndNoBlockHasIt_IsToldInItsWordsAndNotRepeated(string answer)
    {
        await using var server = await StartAsync((_, _) => throw OrdererSays(answer));
        int asked = 0;
        server.OnCommitStatus = (_, _) =>
        {
            asked++;
            throw Failure(StatusCode.DeadlineExceeded);
        };
        var e = await Assert.ThrowsAsync<SubmitException>(() => SubmitAsync(server));
        Assert.Contains(answer, e.Message, StringComparison.Ordinal);
        Assert.True(e.IsRefusal);
        Assert.Single(_sent);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task OrdererRefuses_ButOneBeforeItTookTheTransaction_IsCommitted()
    {
        // A peer asks its orderers one after the other, and does not tell that one's connection broke.
        await using var server = await StartAsync((_, _) => throw OrdererSays("status=FORBIDDEN, info=no writer"));
        var committed = await server.Contract().SubmitUntilKnownAsync("Issue", new ProposalOptions(), Quick, Cancel);
        Assert.Equal(7UL, committed.BlockNumber);
        Assert.Single(_sent);
    }

    [Fact]
    public async Task OrdererRefuses_AndThePeerIsGone_StaysUnknown()
    {
        await using var server = await StartAsync((_, _) => throw OrdererSays("status=FORBIDDEN, info=no writer"));
        server.OnCommitStatus = (_, _) => throw Failure(StatusCode.Unavailable);
        await Assert.ThrowsAsync<CommitStatusException>(() => SubmitAsync(server));
        Assert.Equal(Quick.MaxSendings, _sent.Count);
    }

    [Theory]
    [InlineData("status=NOT_FOUND, info=channel does not exist")]
    [InlineData("SERVICE_UNAVAILABLE")]
    [InlineData("status=FORBIDDEN_ELSEWHERE, info=")]
    public async Task OneOrdererCannotTakeIt_AnotherIsTried(string answer)
    {
        await using var server = await StartAsync((_, n) => n == 1 ? throw OrdererSays(answer) : new());
        TellOnlyWhenAskedAgain(server);
        await SubmitAsync(server);
        Assert.Equal(2, _sent.Count);
        Assert.Single(_sent.Distinct());
    }

    [Fact]
    public async Task AbortedByWhoeverIsInBetween_IsNoRefusal()
    {
        await using var server = await StartAsync((_, n) => n == 1 ? throw Failure(StatusCode.Aborted) : new());
        TellOnlyWhenAskedAgain(server);
        await SubmitAsync(server);
        Assert.Equal(2, _sent.Count);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.Aborted)]
    public async Task RefusedAfterASendingThatMayHavePassed_StaysUnknown(StatusCode refusal)
    {
        await using var server = await StartAsync(
            (_, n) => throw Failure(n == 1 ? StatusCode.DeadlineExceeded : refusal));
        server.OnCommitStatus = (_, _) => throw Failure(StatusCode.Unavailable);
        var e = await Assert.ThrowsAsync<CommitStatusException>(() => SubmitAsync(server));
        Assert.Contains(e.TransactionId, e.Message, StringComparison.Ordinal);
        Assert.Equal(Quick.MaxSendings, _sent.Count);
    }

    [Fact]
    public async Task RefusedAfterASendingThatPassed_IsKnownFromTheLedger()
    {
        await using var server = await StartAsync(
            (_, n) => throw Failure(n == 1 ? StatusCode.DeadlineExceeded : StatusCode.FailedPrecondition));
        int asked = 0;
        server.OnCommitStatus = (_, _) => ++asked == 1
            ? throw Failure(StatusCode.Unavailable)
            : Task.FromResult(new CommitStatusResponse { BlockNumber = 9 });
        var committed = await server.Contract().SubmitUntilKnownAsync("Issue", new ProposalOptions(), Quick, Cancel);
        Assert.Equal((9UL, "endorsed"), (committed.BlockNumber, Encoding.UTF8.GetString(committed.Result.Span)));
    }

    [Fact]
    public async Task Cancelled_WhenItMayBeOrdered_NamesTheTransaction()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var never = new TaskCompletionSource<CommitStatusResponse>();
        server.OnCommitStatus = async (_, context) =>
        {
            await source.CancelAsync();
            return await never.Task.WaitAsync(context.CancellationToken);
        };
        var ids = new List<string>();
        var e = await Assert.ThrowsAsync<SubmitCanceledException>(() => server.Contract().SubmitUntilKnownAsync(
            "Issue", new ProposalOptions(), Quick with { OnEndorsed = ids.Add }, source.Token));
        Assert.Equal(Assert.Single(ids), e.TransactionId);
    }

    [Fact]
    public async Task GatewayDisposed_WhenItMayBeOrdered_NamesTheTransaction()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        var gateway = FabricGateway.Connect(server.Options);
        server.OnCommitStatus = (_, _) =>
        {
            gateway.Dispose();
            throw Failure(StatusCode.DeadlineExceeded);
        };
        var ids = new List<string>();
        var contract = gateway.GetNetwork("credentials").GetContract("microcreds");
        var e = await Assert.ThrowsAsync<CommitStatusException>(() => contract.SubmitUntilKnownAsync(
            "Issue", new ProposalOptions(), Quick with { OnEndorsed = ids.Add }, Cancel));
        Assert.Equal(Assert.Single(ids), e.TransactionId);
        Assert.IsType<ObjectDisposedException>(e.InnerException);
        Assert.Single(_sent);
    }

    [Fact]
    public async Task QuestionThatCannotBeSigned_LeavesTheOutcomeUnknown()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        var signer = new TiredSigner(signatures: 2);
        var contract = server.Contract(options => options with { Signer = signer });
        var e = await Assert.ThrowsAsync<CommitStatusException>(
            () => contract.SubmitUntilKnownAsync("Issue", new ProposalOptions(), Quick, Cancel));
        Assert.Contains("the key store is away", e.Message, StringComparison.Ordinal);
        Assert.Single(_sent.Distinct());
    }

    [Fact]
    public async Task PeerThatIsAway_IsNotAskedAgainWhereTheCallerDoesItItself()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        int asked = 0;
        server.OnEndorse = (_, _) =>
        {
            asked++;
            throw Failure(StatusCode.Unavailable);
        };
        await Assert.ThrowsAsync<EndorseException>(() => server.Contract().SubmitUntilKnownAsync(
            "Issue", new ProposalOptions(), Quick with { RetriesUnreachable = false }, Cancel));
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData(StatusCode.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)")]
    [InlineData(StatusCode.Unavailable, "going down")]
    public async Task EndorseFailsForTheMoment_ANewProposalIsMade(StatusCode code, string message)
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        var ids = new List<string>();
        server.OnEndorse = (request, _) =>
        {
            ids.Add(request.TransactionId);
            return ids.Count < 3
                ? throw new RpcException(new(code, message))
                : Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        };
        await SubmitAsync(server);
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task PeerThatHasTooMuchToDo_IsAskedAgain()
    {
        await using var server = await StartAsync(
            (_, n) => n == 1 ? throw Exhausted("exceeding concurrency limit (500)") : new());
        TellOnlyWhenAskedAgain(server);
        await SubmitAsync(server);
        Assert.Equal(2, _sent.Count);
    }

    [Fact]
    public async Task EndorsePeersDiffer_ANewProposalIsMade()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        int asked = 0;
        server.OnEndorse = (request, _) => ++asked == 1
            ? throw TestEnvelope.Failure(StatusCode.Aborted, "failed to collect enough transaction endorsements",
                TestEnvelope.Detail("ProposalResponsePayloads do not match"))
            : Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        await SubmitAsync(server);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task ChaincodeRefuses_IsNotRepeated()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        int asked = 0;
        server.OnEndorse = (_, _) =>
        {
            asked++;
            throw TestEnvelope.Failure(
                StatusCode.Aborted, "failed",
                TestEnvelope.Detail("chaincode response 500, too many requests of yours"));
        };
        await Assert.ThrowsAsync<EndorseException>(() => SubmitAsync(server));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task RetryOptions_Wrong_NameEveryFault()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        var e = await Assert.ThrowsAsync<ArgumentException>(() => contract.SubmitWithRetryAsync(
            "Issue", new ProposalOptions(), new SubmitRetryOptions { MaxAttempts = 0, MaxSendings = -1 }, Cancel));
        Assert.Contains("MaxAttempts is 0", e.Message, StringComparison.Ordinal);
        Assert.Contains("MaxSendings is -1", e.Message, StringComparison.Ordinal);
    }

    private static void TellOnlyWhenAskedAgain(ScriptedGateway server)
    {
        int asked = 0;
        server.OnCommitStatus = (_, _) => ++asked == 1
            ? throw Failure(StatusCode.DeadlineExceeded)
            : Task.FromResult(new CommitStatusResponse());
    }

    private static RpcException OrdererSays(string answer) =>
        new(new Status(StatusCode.Aborted, $"received unsuccessful response from orderer: {answer}"));

    private static RpcException Exhausted(string words) => new(new Status(StatusCode.ResourceExhausted, words));

    private static RpcException Failure(StatusCode code) => new(new Status(code, "scripted"));

    private static Task<byte[]> SubmitAsync(ScriptedGateway server) =>
        server.Contract().SubmitWithRetryAsync("Issue", new ProposalOptions(), Quick, Cancel);

    private async Task<ScriptedGateway> StartAsync(Func<SubmitRequest, int, SubmitResponse> submit)
    {
        var server = await ScriptedGateway.StartAsync();
        server.OnSubmit = (request, _) =>
        {
            _sent.Add(request.PreparedTransaction.ToByteString());
            return Task.FromResult(submit(request, _sent.Count));
        };
        return server;
    }

    private sealed class TiredSigner(int signatures) : ISigner
    {
        private int _left = signatures;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref _left) >= 0
                ? ScriptedGateway.Signer.SignAsync(digest, cancellationToken)
                : throw new IOException("the key store is away");
    }
}
