using System.Globalization;
using System.Text;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>The library against peers that endorse, order and validate.</summary>
public sealed class EmbeddedNetworkTests(CounterNetwork network) : IClassFixture<CounterNetwork>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_ThenEvaluate_SeesTheCommit()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel);
        var contract = Contract(gateway);
        Assert.Equal("1", Text(await contract.SubmitAsync("Increment", ["seen"], Cancel)));
        Assert.Equal("1", Text(await contract.EvaluateAsync("Get", ["seen"], Cancel)));
    }

    [Fact]
    public async Task ChaincodeError_AtEitherDoor_IsTheChaincodesOwn()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel);
        var evaluate = await Assert.ThrowsAsync<EvaluateException>(
            () => Contract(gateway).EvaluateAsync("Fail", ["not today"], Cancel));
        var endorse = await Assert.ThrowsAsync<EndorseException>(
            () => Contract(gateway).SubmitAsync("Fail", ["not today"], Cancel));
        Assert.Equal(new ChaincodeAnswer(422, "not today"), evaluate.ChaincodeAnswer);
        Assert.Equal(new ChaincodeAnswer(422, "not today"), endorse.ChaincodeAnswer);
    }

    [Fact]
    public async Task TwoFromTheSameState_TheSecondConflicts_AndRetryDoesIt()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel);
        var options = new ProposalOptions { Arguments = ["contended"] };
        var first = await Contract(gateway).NewProposal("Increment", options).EndorseAsync(cancellationToken: Cancel);
        var second = await Contract(gateway).NewProposal("Increment", options).EndorseAsync(cancellationToken: Cancel);
        var committed = await first.SubmitAsync(cancellationToken: Cancel);
        Assert.True((await committed.GetStatusAsync(cancellationToken: Cancel)).IsSuccessful);
        var late = await second.SubmitAsync(cancellationToken: Cancel);
        var status = await late.GetStatusAsync(cancellationToken: Cancel);
        Assert.Equal(TxValidationCode.MvccReadConflict, status.Code);

        var retry = new SubmitRetryOptions { MaxAttempts = 50, MinDelay = TimeSpan.FromMilliseconds(5) };
        byte[][] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => Contract(gateway).SubmitWithRetryAsync("Increment", options, retry, Cancel)));
        Assert.Equal(Enumerable.Range(2, 6), results.Select(
            result => int.Parse(Text(result), CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task SameTransactionSentTwice_CountsOnce()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel);
        var proposal = Contract(gateway).NewProposal("Increment", new ProposalOptions { Arguments = ["twice"] });
        var transaction = await proposal.EndorseAsync(cancellationToken: Cancel);
        var commit = await transaction.SubmitAsync(cancellationToken: Cancel);
        var status = await commit.GetStatusAsync(cancellationToken: Cancel);
        await transaction.SubmitAsync(cancellationToken: Cancel);
        Assert.Equal(status, await transaction.NewCommit().GetStatusAsync(cancellationToken: Cancel));
        Assert.Equal("1", Text(await Contract(gateway).EvaluateAsync("Get", ["twice"], Cancel)));
    }

    [Fact]
    public async Task OfflineSigning_EveryStage_IsAccepted()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel, withSigner: false);
        using var signer = PrivateKeySigner.FromPemFile(network.Member.FilesOf("User1").Key);
        var unsigned = Contract(gateway).NewProposal("Increment", new ProposalOptions { Arguments = ["offline"] });
        var proposal = gateway.NewProposal(unsigned.ToBytes(), await signer.SignAsync(unsigned.Digest(), Cancel));
        var endorsed = await proposal.EndorseAsync(cancellationToken: Cancel);
        var transaction = gateway.NewTransaction(
            endorsed.ToBytes(), await signer.SignAsync(endorsed.Digest(), Cancel));
        var submitted = await transaction.SubmitAsync(cancellationToken: Cancel);
        var commit = gateway.NewCommit(submitted.ToBytes(), await signer.SignAsync(submitted.Digest(), Cancel));
        Assert.True((await commit.GetStatusAsync(cancellationToken: Cancel)).IsSuccessful);
    }

    [Fact]
    public async Task Blocks_FromTheFirst_AreAChain()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel);
        await Contract(gateway).SubmitAsync("Increment", ["chain"], Cancel);
        byte[]? previous = null;
        await foreach (var block in gateway.GetNetwork(network.Channel).GetBlockEvents(
            new EventOptions { StartBlock = 0 }, Cancel))
        {
            Assert.Equal(previous ?? [], block.Header.PreviousHash.ToByteArray());
            previous = BlockHash.OfHeader(block.Header);
            if (block.Header.Number == 1)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Events_ConnectionCutAgainAndAgain_ComeOnceEachInOrder()
    {
        const int Events = 12;
        await using var proxy = new BreakableProxy(network.Member.PeerEndpoint);
        using var channel = network.Open(proxy.Endpoint);
        using var direct = network.Open(network.Member.PeerEndpoint);
        using var reader = network.Connect(channel);
        using var writer = network.Connect(direct);
        await Contract(writer).SubmitAsync("Increment", ["cut"], Cancel);
        int breaks = 0;
        var resume = new ResumeOptions { MinDelay = TimeSpan.FromMilliseconds(1), OnBreak = (_, _) => breaks++ };
        var options = new EventOptions { StartBlock = 0, Resume = resume };
        var seen = new List<string>();
        await foreach (var item in reader.GetNetwork(network.Channel)
            .GetChaincodeEvents(LedgerFixture.Chaincode, options, Cancel))
        {
            seen.Add(item.TransactionId);
            if (seen.Count >= Events)
            {
                break;
            }

            if (seen.Count % 3 == 1)
            {
                proxy.Cut();
            }

            await Contract(writer).SubmitAsync("Increment", ["cut"], Cancel);
        }

        Assert.Equal(await FirstEventsAsync(writer, Events), seen);
        Assert.True(breaks > 0, "The stream was never cut.");
    }

    [Fact]
    public async Task WrongSignature_IsRefusedByThePeer()
    {
        using var channel = network.Open(network.Member.PeerEndpoint);
        using var gateway = network.Connect(channel, withSigner: false);
        var unsigned = Contract(gateway).NewProposal("Get", new ProposalOptions { Arguments = ["x"] });
        var proposal = gateway.NewProposal(unsigned.ToBytes(), "not a signature"u8.ToArray());
        var e = await Assert.ThrowsAsync<EvaluateException>(() => proposal.EvaluateAsync(cancellationToken: Cancel));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.Contains("access denied", e.Message, StringComparison.Ordinal);
    }

    private async Task<List<string>> FirstEventsAsync(FabricGateway gateway, int count)
    {
        var ids = new List<string>();
        await foreach (var item in gateway.GetNetwork(network.Channel)
            .GetChaincodeEvents(LedgerFixture.Chaincode, new EventOptions { StartBlock = 0 }, Cancel))
        {
            ids.Add(item.TransactionId);
            if (ids.Count == count)
            {
                break;
            }
        }

        return ids;
    }

    private FabricContract Contract(FabricGateway gateway) =>
        gateway.GetNetwork(network.Channel).GetContract(LedgerFixture.Chaincode);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
