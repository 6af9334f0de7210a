using System.Security.Cryptography;
using System.Text;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class FlowTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evaluate_SendsNameAndArguments_AndReturnsTheResult()
    {
        await using var server = await ScriptedGateway.StartAsync();
        byte[] result = await server.Contract().EvaluateAsync("Query", ["a", "åäö"], Cancel);
        var request = EvaluateRequest.Parser.ParseFrom(server.LastRequest);
        Assert.Equal("evaluated", Encoding.UTF8.GetString(result));
        Assert.Equal(
            ["Query", "a", "åäö"],
            TestEnvelope.Arguments(request.ProposedTransaction).Select(argument => argument.ToStringUtf8()));
        Assert.Equal(NodeVectors.Channel, request.ChannelId);
    }

    [Fact]
    public async Task NamedContract_Transaction_IsQualified()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Network().GetContract("microcreds", "registry");
        await contract.EvaluateAsync("Query", cancellationToken: Cancel);
        var request = EvaluateRequest.Parser.ParseFrom(server.LastRequest);
        Assert.Equal("registry:Query", TestEnvelope.Arguments(request.ProposedTransaction)[0].ToStringUtf8());
    }

    [Fact]
    public async Task Organizations_OfAProposal_AreSentToEvaluateAndEndorse()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        var options = new ProposalOptions { EndorsingOrganizations = ["AuroraMSP", "BorealisMSP"] };
        await contract.EvaluateAsync("Query", options, Cancel);
        Assert.Equal(
            options.EndorsingOrganizations, EvaluateRequest.Parser.ParseFrom(server.LastRequest).TargetOrganizations);
        await contract.NewProposal("Issue", options).EndorseAsync(cancellationToken: Cancel);
        Assert.Equal(
            options.EndorsingOrganizations, EndorseRequest.Parser.ParseFrom(server.LastRequest).EndorsingOrganizations);
    }

    [Fact]
    public async Task Submit_EveryStage_IsSignedWithTheIdentitysKey()
    {
        await using var server = await ScriptedGateway.StartAsync();
        EndorseRequest? endorse = null;
        SubmitRequest? submit = null;
        SignedCommitStatusRequest? status = null;
        server.OnEndorse = (request, _) => Task.FromResult(TestEnvelope.Endorsed(endorse = request, "done"));
        server.OnSubmit = (request, _) =>
        {
            submit = request;
            return Task.FromResult(new SubmitResponse());
        };
        server.OnCommitStatus = (request, _) =>
        {
            status = request;
            return Task.FromResult(new CommitStatusResponse { BlockNumber = 3 });
        };
        byte[] result = await server.Contract().SubmitAsync("Issue", ["x"], Cancel);
        Assert.Equal("done", Encoding.UTF8.GetString(result));
        AssertSigned(endorse!.ProposedTransaction.ProposalBytes.Span, endorse.ProposedTransaction.Signature.Span);
        AssertSigned(submit!.PreparedTransaction.Payload.Span, submit.PreparedTransaction.Signature.Span);
        AssertSigned(status!.Request.Span, status.Signature.Span);
        Assert.Equal(endorse.TransactionId, submit.TransactionId);
        Assert.Equal(endorse.TransactionId, CommitStatusRequest.Parser.ParseFrom(status.Request).TransactionId);
    }

    [Fact]
    public async Task SubmitWithoutWait_Ordered_ReturnsResultBeforeTheCommit()
    {
        await using var server = await ScriptedGateway.StartAsync();
        bool asked = false;
        server.OnCommitStatus = (_, _) =>
        {
            asked = true;
            return Task.FromResult(new CommitStatusResponse { Result = TxValidationCode.Valid, BlockNumber = 12 });
        };
        var commit = await server.Contract().SubmitWithoutWaitAsync("Issue", cancellationToken: Cancel);
        Assert.Equal("endorsed", Encoding.UTF8.GetString(commit.Result!.Value.Span));
        Assert.False(asked);
        var status = await commit.GetStatusAsync(cancellationToken: Cancel);
        Assert.Equal(new CommitStatus(commit.TransactionId, TxValidationCode.Valid, 12), status);
        Assert.True(status.IsSuccessful);
    }

    [Fact]
    public async Task Proposals_OfTheSameTransaction_HaveDifferentIds()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract();
        Assert.NotEqual(contract.NewProposal("Issue").TransactionId, contract.NewProposal("Issue").TransactionId);
    }

    [Fact]
    public async Task CustomSigner_Asynchronous_SignsTheDigestOfTheChosenHash()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var signer = new RecordingSigner();
        var contract = server.Contract(options => options with { Signer = signer, Hash = Hashes.Sha384 });
        var proposal = contract.NewProposal("Query");
        await proposal.EvaluateAsync(cancellationToken: Cancel);
        var request = EvaluateRequest.Parser.ParseFrom(server.LastRequest);
        Assert.Equal(SHA384.HashData(request.ProposedTransaction.ProposalBytes.Span), signer.Digest);
        Assert.Equal("signed elsewhere", request.ProposedTransaction.Signature.ToStringUtf8());
    }

    [Fact]
    public async Task WithoutSigner_UnsignedProposal_SaysWhatToDo()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var contract = server.Contract(options => options with { Signer = null });
        var e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => contract.EvaluateAsync("Query", cancellationToken: Cancel));
        Assert.Contains("GatewayOptions.Signer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyThreads_OneGateway_AllSignaturesHold()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (request, _) =>
        {
            AssertSigned(
                request.ProposedTransaction.ProposalBytes.Span, request.ProposedTransaction.Signature.Span);
            return Task.FromResult(new EvaluateResponse { Result = new Response() });
        };
        var contract = server.Contract();
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancel },
            async (i, token) => await contract.EvaluateAsync("Query", [$"{i}"], token));
    }

    private static void AssertSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(NodeVectors.PrivateKeyPem);
        Assert.True(EcdsaSignature.VerifyDigest(key, SHA256.HashData(message), signature));
    }

    private sealed class RecordingSigner : ISigner
    {
        public byte[] Digest { get; private set; } = [];

        public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Digest = digest.ToArray();
            return "signed elsewhere"u8.ToArray();
        }
    }
}
