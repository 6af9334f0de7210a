using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using WireDetail = MicroCreds.Fabric.Protocol.Gateway.ErrorDetail;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>What peers and chaincodes say goes into messages on one line: it forges no line of a log.</summary>
public sealed class ForeignTextTests
{
    private const string Forged = "a\r\n2026 FATAL forged\u001b[31m \u202egnp\u2028\u0085 \u200f\u2066b\0\ud800";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evaluate_ForeignText_IsEscapedInTheMessage_AndRawInTheProperties()
    {
        await using var server = await ScriptedGateway.StartAsync();
        string raw = Forged[..^1];
        server.OnEvaluate = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Aborted, raw,
            new WireDetail { Address = "p" + raw, MspId = "O" + raw, Message = "chaincode response 500, x" + raw });
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => server.Contract().EvaluateAsync("Read", cancellationToken: Cancel));
        Assert.Contains(
            @"a\r\n2026 FATAL forged\u001b[31m \u202egnp\u2028\u0085 \u200f\u2066b\u0000", e.Message,
            StringComparison.Ordinal);
        HasOneLine(e.Message);
        HasOneLine(e.Details[0].ToString());
        HasOneLine(e.ChaincodeAnswer!.ToString());
        Assert.DoesNotContain("\n2026", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', e.ToString());
        Assert.DoesNotContain("\n2026", new AggregateException(e).ToString(), StringComparison.Ordinal);
        Assert.Equal(("p" + raw, "O" + raw), (e.Details[0].Address, e.Details[0].MspId));
        Assert.Equal("x" + raw, e.ChaincodeAnswer.Message);
    }

    [Fact]
    public async Task EveryStage_SaysItOnOneLine()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var failure = new RpcException(new Status(StatusCode.Aborted, Forged[..^1]));
        var contract = server.Contract();
        server.OnCommitStatus = (_, _) => throw failure;
        await OneLineAsync<CommitStatusException>(() => contract.SubmitAsync("Pay", cancellationToken: Cancel));
        server.OnSubmit = (_, _) => throw failure;
        await OneLineAsync<SubmitException>(() => contract.SubmitAsync("Pay", cancellationToken: Cancel));
        server.OnEndorse = (_, _) => throw failure;
        await OneLineAsync<EndorseException>(() => contract.SubmitAsync("Pay", cancellationToken: Cancel));
        server.OnEndorse = (request, _) => Task.FromResult(
            TestEnvelope.Endorsed(request, "", parts => parts.Chaincode = Forged[..^1]));
        await OneLineAsync<EndorseException>(() => contract.SubmitAsync("Pay", cancellationToken: Cancel));
        server.OnDeliver = (_, _, _, _) => throw failure;
        await OneLineAsync<EventStreamException>(() => server.Network().GetNewestBlockNumberAsync(Cancel));
        server.OnChaincodeEvents = (_, _, _) => throw failure;
        await OneLineAsync<EventStreamException>(async () => await server.Network()
            .GetChaincodeEvents("microcreds", null, Cancel).GetAsyncEnumerator(Cancel).MoveNextAsync());
        server.OnEvaluate = (_, _) => Task.FromResult(new EvaluateResponse
        {
            Result = new Response { Payload = Google.Protobuf.ByteString.CopyFromUtf8("{\"a\\nb\":[\n\n\u001b") },
        });
        await OneLineAsync<FormatException>(() => contract.As<IReading>().ReadAsync(Cancel));
    }

    [Fact]
    public void WordsOfAnyLanguage_AreLeftAsTheyAre()
    {
        const string Words = "Zeugnis für Žofie, می‌خواهم, 學分 🎓, C:\\new\\users";
        Assert.Equal($"p O: {Words}", new MicroCreds.Fabric.Client.ErrorDetail("p", "O", Words).ToString());
    }

    private static async Task OneLineAsync<T>(Func<Task> act)
        where T : Exception
    {
        var e = await Assert.ThrowsAsync<T>(act);
        HasOneLine(e.Message);
        Assert.DoesNotContain('\u001b', e.ToString());
    }

    private static void HasOneLine(string text) => Assert.DoesNotContain(
        text, one => char.IsControl(one) || "\u2028\u2029\u202e\u200f\u2066\ud800".Contains(one));
}

/// <summary>A contract that is read by its interface.</summary>
[FabricContract("reading")]
public interface IReading
{
    [Evaluate] Task<int> ReadAsync(CancellationToken cancellationToken = default);
}
