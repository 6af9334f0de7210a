using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A peer that answers with what it was not asked for, or with what cannot be read.</summary>
public sealed class HostileGatewayTests
{
    private static readonly ByteString Other = ByteString.CopyFromUtf8("other");

    private static readonly Dictionary<string, (Action<PreparedParts> Alter, string Said)> Changes = new()
    {
        ["channel"] = (parts => parts.Channel.ChannelId = "payments", "for the channel \"payments\" instead of"),
        ["transaction"] = (parts => parts.Channel.TxId = "ab12", "prepared transaction ab12 instead"),
        ["time"] = (parts => parts.Channel.Timestamp = new Timestamp { Seconds = 1 }, "under another header"),
        ["called chaincode"] = (
            parts => parts.Channel.Extension = new ChaincodeHeaderExtension
            {
                ChaincodeId = new ChaincodeID { Name = "payments" },
            }.ToByteString(),
            "under another header"),
        ["creator"] = (
            parts => parts.Header = new Header
            {
                SignatureHeader = new SignatureHeader { Creator = Other }.ToByteString(),
            },
            "under another header"),
        ["action's header"] = (parts => parts.ActionHeader = Other, "an action under another header"),
        ["input"] = (
            parts => parts.Payload = new ChaincodeProposalPayload { Input = Other }.ToByteString(), "another input"),
        ["transient data"] = (
            parts => parts.Payload = new ChaincodeProposalPayload
            {
                Input = ChaincodeProposalPayload.Parser.ParseFrom(parts.Payload).Input,
                TransientMap = { ["salt"] = Other },
            }.ToByteString(),
            "another input"),
        ["endorsed hash"] = (parts => parts.Hash = Other, "endorsed hash is not that of the proposal"),
        ["chaincode"] = (parts => parts.Chaincode = "payments", "of the chaincode \"payments\" instead of"),
        ["two actions"] = (parts => parts.Actions = 2, "2 actions instead of one"),
        ["no action"] = (parts => parts.Actions = 0, "0 actions instead of one"),
    };

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task Endorse_AnotherThanWasProposed_IsNeitherSignedNorSubmitted(string change)
    {
        var (alter, said) = Changes[change];
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEndorse = (request, _) => Task.FromResult(TestEnvelope.Endorsed(request, "done", alter));
        bool isSubmitted = false;
        server.OnSubmit = (_, _) =>
        {
            isSubmitted = true;
            return Task.FromResult(new SubmitResponse());
        };
        var options = new ProposalOptions
        {
            Arguments = ["1"],
            Transient = new Dictionary<string, ReadOnlyMemory<byte>> { ["salt"] = "s3cret"u8.ToArray() },
        };
        var e = await Assert.ThrowsAsync<EndorseException>(() => server.Contract().SubmitAsync("Pay", options, Cancel));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.False(isSubmitted);

        // The same of a proposal that was made elsewhere.
        using var gateway = FabricGateway.Connect(server.Options);
        var rebuilt = gateway.NewProposal(server.Contract().NewProposal("Pay", options).ToBytes());
        await Assert.ThrowsAsync<EndorseException>(() => rebuilt.EndorseAsync(cancellationToken: Cancel));
    }

    [Fact]
    public async Task Endorse_WhatWasProposed_IsTakenWithAndWithoutTransientData()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        var options = new ProposalOptions
        {
            Transient = new Dictionary<string, ReadOnlyMemory<byte>> { ["salt"] = "s3cret"u8.ToArray() },
        };
        foreach (var proposal in new[]
        {
            server.Contract().NewProposal("Pay"), server.Contract().NewProposal("Pay", options),
            gateway.NewProposal(server.Contract().NewProposal("Pay", options).ToBytes()),
        })
        {
            var transaction = await proposal.EndorseAsync(cancellationToken: Cancel);
            Assert.Equal("endorsed", Encoding.UTF8.GetString(transaction.Result.Span));
        }
    }

    [Fact]
    public async Task Rebuilt_UnderAnotherIdThanItsHeaders_IsRefused()
    {
        await using var server = await ScriptedGateway.StartAsync();
        using var gateway = FabricGateway.Connect(server.Options);
        var proposal = server.Contract().NewProposal("Pay");
        var proposed = ProposedTransaction.Parser.ParseFrom(proposal.ToBytes());
        proposed.TransactionId = "ab12";
        var e = Assert.Throws<ArgumentException>(() => gateway.NewProposal(proposed.ToByteArray()));
        Assert.Contains($"its header says {proposal.TransactionId}", e.Message, StringComparison.Ordinal);

        var endorsed = await proposal.EndorseAsync(cancellationToken: Cancel);
        var prepared = PreparedTransaction.Parser.ParseFrom(endorsed.ToBytes());
        prepared.TransactionId = "ab12";
        Assert.Throws<ArgumentException>(() => gateway.NewTransaction(prepared.ToByteArray()));
    }

    [Fact]
    public async Task Failure_WithADetailThatCannotBeRead_TellsTheOthersAndItsMessage()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var status = new Google.Rpc.Status { Code = (int)StatusCode.Aborted, Message = "plain words" };
        status.Details.Add(new Any
        {
            TypeUrl = "type.googleapis.com/gateway.ErrorDetail",
            Value = ByteString.CopyFrom(255, 255, 255),
        });
        status.Details.Add(Any.Pack(TestEnvelope.Detail("a good one")));
        server.OnEndorse = (_, _) => throw status.ToRpcException();
        var e = await Assert.ThrowsAsync<EndorseException>(
            () => server.Contract().SubmitAsync("Pay", cancellationToken: Cancel));
        Assert.Contains("plain words", e.Message, StringComparison.Ordinal);
        Assert.Equal("a good one", Assert.Single(e.Details).Message);
    }

    [Fact]
    public async Task Failure_WithDetailsThatAreNoBase64_IsStillOfItsStage()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (_, context) =>
        {
            context.GetHttpContext().Response.AppendTrailer("grpc-status-details-bin", "!!!");
            throw new RpcException(new(StatusCode.Aborted, "plain words"));
        };
        await Assert.ThrowsAsync<EvaluateException>(
            () => server.Contract().EvaluateAsync("Read", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Evaluate_ChaincodeError_IsSaidOnceWithWhoSaidIt()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Unknown, "evaluate call to endorser returned error: chaincode response 404, no such root",
            TestEnvelope.Detail("chaincode response 404, no such root"));
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => server.Contract().EvaluateAsync("Read", cancellationToken: Cancel));
        Assert.Equal(2, e.Message.Split("no such root").Length);
        Assert.EndsWith("[peer0.aurora.example:7051 AuroraMSP]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_OfTheClient_IsNamed()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var late = new TaskCompletionSource<EvaluateResponse>();
        server.OnEvaluate = (_, _) => late.Task;
        var e = await Assert.ThrowsAsync<EvaluateException>(() => server.Contract().NewProposal("Read")
            .EvaluateAsync(TimeSpan.FromMilliseconds(50), Cancel));
        late.SetResult(new EvaluateResponse());
        Assert.Contains("no answer came within 0.05 s", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Deadline Exceeded", "no answer came within 300 s")]
    [InlineData("context deadline exceeded", "no answer came within 300 s")]
    [InlineData("endorsement timeout expired", "endorsement timeout expired")]
    public async Task Deadline_AsAServerWasToldIt_IsTheClients_AndItsOwnIsNot(string text, string expected)
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (_, _) => throw TestEnvelope.Failure(StatusCode.DeadlineExceeded, text);
        var e = await Assert.ThrowsAsync<EvaluateException>(() => server.Contract().NewProposal("Read")
            .EvaluateAsync(TimeSpan.FromMinutes(5), Cancel));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommitException_HasNoStatusOfASuccess()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnCommitStatus = (_, _) => Task.FromResult(
            new CommitStatusResponse { Result = TxValidationCode.MvccReadConflict });
        var e = await Assert.ThrowsAsync<CommitException>(
            () => server.Contract().SubmitAsync("Pay", cancellationToken: Cancel));
        Assert.Equal(StatusCode.Aborted, e.StatusCode);
    }

    [Fact]
    public async Task Messages_UsedByManyAtOnceBeforeTheyAreSigned_AreSentWithOneSignature()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var signatures = new System.Collections.Concurrent.ConcurrentBag<ByteString>();
        server.OnEvaluate = (request, _) =>
        {
            signatures.Add(request.ProposedTransaction.Signature);
            return Task.FromResult(new EvaluateResponse { Result = new Response() });
        };
        server.OnSubmit = (request, _) =>
        {
            signatures.Add(request.PreparedTransaction.Signature);
            return Task.FromResult(new SubmitResponse());
        };
        server.OnCommitStatus = (request, _) =>
        {
            signatures.Add(request.Signature);
            return Task.FromResult(new CommitStatusResponse());
        };
        var proposal = server.Contract().NewProposal("Pay");
        await AtOnceAsync(() => proposal.EvaluateAsync(cancellationToken: Cancel));
        var transaction = await proposal.EndorseAsync(cancellationToken: Cancel);
        await AtOnceAsync(() => transaction.SubmitAsync(cancellationToken: Cancel));
        var commit = transaction.NewCommit();
        await AtOnceAsync(() => commit.GetStatusAsync(cancellationToken: Cancel));
        Assert.Equal(3, signatures.Distinct().Count());
        Assert.Equal(3 * 16, signatures.Count);
    }

    [Fact]
    public async Task Disposed_Gateway_DoesNothingMore()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var gateway = FabricGateway.Connect(server.Options);
        var network = gateway.GetNetwork(NodeVectors.Channel);
        var contract = network.GetContract(NodeVectors.Chaincode);
        var transaction = await contract.NewProposal("Pay").EndorseAsync(cancellationToken: Cancel);
        var commit = transaction.NewCommit();
        var events = network.GetBlockEvents(cancellationToken: Cancel);
        gateway.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => contract.EvaluateAsync("Read", [], Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => contract.SubmitAsync("Pay", [], Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => transaction.SubmitAsync(null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => commit.GetStatusAsync(null, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => network.GetNewestBlockNumberAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => events.OpenAsync(Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await events.GetAsyncEnumerator(Cancel).MoveNextAsync());
    }

    [Fact]
    public async Task Disposed_WhileCallsAreUnderWay_EndsThemAndSaysSo()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var asked = new SemaphoreSlim(0);
        async Task<T> NeverAsync<T>(ServerCallContext context)
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            throw new InvalidOperationException();
        }

        var transaction = await server.Contract().NewProposal("Pay").EndorseAsync(cancellationToken: Cancel);
        server.OnEvaluate = (_, context) => NeverAsync<EvaluateResponse>(context);
        server.OnEndorse = (_, context) => NeverAsync<EndorseResponse>(context);
        server.OnSubmit = (_, context) => NeverAsync<SubmitResponse>(context);
        server.OnCommitStatus = (_, context) => NeverAsync<CommitStatusResponse>(context);
        var gateway = FabricGateway.Connect(server.Options);
        var contract = gateway.GetNetwork(NodeVectors.Channel).GetContract(NodeVectors.Chaincode);
        var own = gateway.NewTransaction(transaction.ToBytes());
        Task[] calls =
        [
            contract.EvaluateAsync("Read", [], Cancel), contract.SubmitAsync("Pay", [], Cancel),
            own.SubmitAsync(null, Cancel), own.NewCommit().GetStatusAsync(null, Cancel),
        ];
        foreach (var _ in calls) await asked.WaitAsync(Cancel);

        gateway.Dispose();
        foreach (var call in calls)
        {
            var e = await Assert.ThrowsAnyAsync<FabricException>(
                () => call.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
            Assert.Equal(StatusCode.Cancelled, e.StatusCode);
            Assert.Contains("the gateway was disposed", e.Message, StringComparison.Ordinal);
            Assert.NotEmpty(e.TransactionId);
        }
    }

    private static Task AtOnceAsync(Func<Task> call) =>
        Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(call, Cancel)));
}
