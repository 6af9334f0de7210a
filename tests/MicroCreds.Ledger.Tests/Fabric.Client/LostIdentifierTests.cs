using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Whoever waits for a transaction that was sent, and stops, is told its identifier.</summary>
public sealed class LostIdentifierTests
{
    private readonly List<string> _sent = [];

    // Completes when the peer has been asked for what it never answers.
    private TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelled_WhileItWaitsForTheOutcome_NamesTheTransaction()
    {
        await using var server = await StartAsync();
        await NamesItAsync(server, (contract, token) => contract.SubmitAsync("Pay", ["1"], token));
        await NamesItAsync(server, (contract, token) => contract.SubmitAsync("Pay", new ProposalOptions(), token));
        await NamesItAsync(server, (contract, token) => contract.As<IPaying>().PayAsync("1", token));
        await NamesItAsync(server, (contract, token) => contract.As<IPaying>().PayForAsync("1", token));
        await NamesItAsync(server, (contract, token) => contract.SubmitUntilKnownAsync("Pay", new(), null, token));
    }

    [Fact]
    public async Task Cancelled_WhileItIsSent_NamesTheTransaction()
    {
        await using var server = await StartAsync();
        server.OnSubmit = async (request, context) =>
        {
            _sent.Add(request.TransactionId);
            return await NeverAsync<SubmitResponse>(context.CancellationToken);
        };
        await NamesItAsync(server, (contract, token) => contract.SubmitAsync("Pay", ["1"], token));
        await NamesItAsync(server, (contract, token) => contract.SubmitWithoutWaitAsync("Pay", ["1"], token));
        await NamesItAsync(server, (contract, token) => contract.As<IPaying>().PayAsync("1", token));
    }

    [Fact]
    public async Task Cancelled_BeforeItIsSent_IsAPlainCancellation()
    {
        await using var server = await StartAsync();
        server.OnEndorse = (_, context) => NeverAsync<EndorseResponse>(context.CancellationToken);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var submitting = server.Contract().SubmitAsync("Pay", ["1"], source.Token);
        await _hanging.Task.WaitAsync(Cancel);
        await source.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitting);
        Assert.IsNotType<SubmitCanceledException>(e);
    }

    [Fact]
    public async Task QuestionForTheOutcome_ThatCannotBeSigned_NamesTheTransaction()
    {
        await using var server = await StartAsync();
        int signed = 0;
        var signer = new FailingSigner(() => ++signed > 2);
        var e = await Assert.ThrowsAsync<CommitStatusException>(
            () => server.Contract(options => options with { Signer = signer }).SubmitAsync("Pay", ["1"], Cancel));
        Assert.Equal(Assert.Single(_sent), e.TransactionId);
    }

    private async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        _hanging.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }

    private async Task NamesItAsync(ScriptedGateway server, Func<FabricContract, CancellationToken, Task> submit)
    {
        _sent.Clear();
        _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var submitting = submit(server.Contract(), source.Token);
        await _hanging.Task.WaitAsync(Cancel);
        await source.CancelAsync();
        var e = await Assert.ThrowsAsync<SubmitCanceledException>(() => submitting);
        Assert.Equal((_sent[0], source.Token), (e.TransactionId, e.CancellationToken));
        Assert.Contains(_sent[0], e.Message, StringComparison.Ordinal);
    }

    private async Task<ScriptedGateway> StartAsync()
    {
        var server = await ScriptedGateway.StartAsync();
        server.OnSubmit = (request, _) =>
        {
            _sent.Add(request.TransactionId);
            return Task.FromResult(new SubmitResponse());
        };
        server.OnCommitStatus = (_, context) => NeverAsync<CommitStatusResponse>(context.CancellationToken);
        return server;
    }

    private sealed class FailingSigner(Func<bool> fails) : ISigner
    {
        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellationToken) => fails()
            ? throw new IOException("the key store is away")
            : ScriptedGateway.Signer.SignAsync(digest, cancellationToken);
    }
}

/// <summary>A contract that is called by its interface.</summary>
[FabricContract("paying")]
public interface IPaying
{
    [Submit] Task PayAsync(string id, CancellationToken cancellationToken = default);

    [Submit] Task<string> PayForAsync(string id, CancellationToken cancellationToken = default);
}
