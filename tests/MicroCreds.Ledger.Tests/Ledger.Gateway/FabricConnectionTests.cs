using System.Text;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Tests.Fabric.Chaincode;
using MicroCreds.Ledger.Tests.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What the gateway makes of what becomes of a transaction: done, refused, never ordered, or not known.
/// </summary>
public sealed class FabricConnectionTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new("CN=tls");
    private ScriptedGateway _peer = null!;
    private FabricConnection _connection = null!;
    private int _sent;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _peer = await ScriptedGateway.StartAsync(_authority.Issue("127.0.0.1"));
        _peer.OnSubmit = (_, _) =>
        {
            _sent++;
            return Task.FromResult(new SubmitResponse());
        };
        var options = new GatewayServiceOptions
        {
            MspId = NodeVectors.MspId,
            PeerEndpoint = _peer.Endpoint,
            PeerTlsCa = _authority.CaFile,
            UserCert = _authority.WriteFile("user.crt", NodeVectors.CertificatePem),
            UserKey = _authority.WriteFile("user.key", NodeVectors.PrivateKeyPem),
            DataDirectory = "",
        };
        _connection = FabricConnection.Open(
            options, await KeyPlaces.OpenAsync(options), members: () => [NodeVectors.MspId, "LindenMSP", "TejoMSP"]);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _peer.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Committed_GivesTheResultAndItsBlock()
    {
        var submission = await SubmitAsync();
        Assert.Equal("endorsed", Encoding.UTF8.GetString(submission.Result.Span));
        Assert.Equal((7UL, 1), (submission.Block, _sent));
    }

    [Theory]
    [InlineData(TxValidationCode.MvccReadConflict)]
    [InlineData(TxValidationCode.PhantomReadConflict)]
    [InlineData(TxValidationCode.EndorsementPolicyFailure)]
    public async Task AnotherTransactionCameFirst_IsMadeAnewUntilItIsRefused(TxValidationCode code)
    {
        _peer.OnCommitStatus = (_, _) => Task.FromResult(
            new CommitStatusResponse { Result = _sent < 2 ? code : TxValidationCode.Valid });
        await SubmitAsync();
        Assert.Equal(2, _sent);

        _peer.OnCommitStatus = (_, _) => Task.FromResult(new CommitStatusResponse { Result = code });
        var e = await Assert.ThrowsAsync<LedgerRefusedException>(SubmitAsync);
        Assert.EndsWith($"is invalid: {code}.", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsFinal);
        Assert.Equal(7, _sent);

        // Nothing is wrong with what was asked.
        var problem = ProblemTranslation.Translate(e);
        Assert.Equal((ProblemKind.LedgerUnavailable, TimeSpan.FromSeconds(5)), (problem.Kind, problem.RetryAfter));
    }

    [Fact]
    public async Task OutcomeThatDoesNotCome_IsUnknown_AndTheTransactionIsSentThreeTimes()
    {
        _peer.OnCommitStatus = (_, _) => throw Failure(StatusCode.Unavailable);
        await Assert.ThrowsAsync<OutcomeUnknownException>(SubmitAsync);
        Assert.Equal(3, _sent);
    }

    [Fact]
    public async Task CancelledWhenItMayBeOrdered_IsUnknown()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _peer.OnCommitStatus = async (_, context) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            throw Failure(StatusCode.Cancelled);
        };
        await Assert.ThrowsAsync<OutcomeUnknownException>(
            () => _connection.SubmitAsync("Issue", [], asRegistrar: false, source.Token));
    }

    [Fact]
    public async Task OrdererThatRefuses_WithNoBlockThatHasIt_IsARefusalInItsWords()
    {
        _peer.OnSubmit = (_, _) => throw new RpcException(new Status(
            StatusCode.Aborted, "received unsuccessful response from orderer: status=FORBIDDEN, info=no writer"));
        _peer.OnCommitStatus = (_, _) => throw Failure(StatusCode.DeadlineExceeded);
        var e = await Assert.ThrowsAsync<LedgerRefusedException>(SubmitAsync);
        Assert.Contains("no writer", e.Message, StringComparison.Ordinal);
        Assert.False(e.IsFinal);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.NotFound)]
    public async Task PeerThatKnowsNoOrderers_HasCertainlyOrderedNothing(StatusCode code)
    {
        _peer.OnSubmit = (_, _) => throw Failure(code);
        await Assert.ThrowsAsync<LedgerUnavailableException>(SubmitAsync);
    }

    [Fact]
    public async Task EndorsersThatAreAway_AreNotAskedAgain_ButThoseABlockApartAre()
    {
        int asked = 0;
        _peer.OnEndorse = (_, _) =>
        {
            asked++;
            throw Failure(StatusCode.Unavailable);
        };
        await Assert.ThrowsAsync<LedgerUnavailableException>(SubmitAsync);
        Assert.Equal((1, 0), (asked, _sent));

        asked = 0;
        _peer.OnEndorse = (request, _) => ++asked == 1
            ? throw TestEnvelope.Failure(StatusCode.Aborted, "failed to collect enough transaction endorsements",
                TestEnvelope.Detail("ProposalResponsePayloads do not match"))
            : Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        await SubmitAsync();
        Assert.Equal((2, 1), (asked, _sent));
    }

    [Fact]
    public async Task ContractThatRefuses_IsTold()
    {
        _peer.OnEndorse = (_, _) => throw TestEnvelope.Failure(
            StatusCode.Aborted, "failed", TestEnvelope.Detail("chaincode response 500, not so"));
        var e = await Assert.ThrowsAsync<LedgerRefusedException>(SubmitAsync);
        Assert.Equal("not so", e.Message);
    }

    /// <summary>Where it does not answer, Fabric would ask another member's, which says what it likes.</summary>
    [Fact]
    public async Task Query_IsAnsweredByTheOwnPeerAlone()
    {
        IReadOnlyList<string> asked = [];
        _peer.OnEvaluate = (request, _) =>
        {
            asked = [.. request.TargetOrganizations];
            return Task.FromResult(new EvaluateResponse { Result = new Response { Status = 200 } });
        };
        await _connection.EvaluateAsync("GetAnchor", [], Cancel);
        Assert.Equal([NodeVectors.MspId], asked);
    }

    [Fact]
    public async Task AnotherMemberThatRefuses_IsNoRefusal_AndIsNamed()
    {
        var detail = TestEnvelope.Detail(
            """chaincode response 409, {"code":"achievementRetired","message":"lied by Tejo"}""");
        detail.MspId = "TejoMSP";
        _peer.OnEndorse = (_, _) => throw TestEnvelope.Failure(StatusCode.Aborted, "failed", detail);
        var e = await Assert.ThrowsAsync<LedgerUnavailableException>(SubmitAsync);
        Assert.StartsWith("TejoMSP's peer refuses to endorse", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneMemberThatHangs_IsLeftOutOfWhatOthersEndorse()
    {
        var named = new List<string>();
        _peer.OnEndorse = (request, _) =>
        {
            string[] asked = [.. request.EndorsingOrganizations];
            lock (named) named.Add(string.Join(',', asked));
            return asked.Length == 0 || asked.Contains("TejoMSP")
                ? throw Failure(StatusCode.DeadlineExceeded)
                : Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        };
        await SubmitAsync();
        Assert.Equal(1, _sent);
        Assert.Equal("", named[0]);
        Assert.Equal($"{NodeVectors.MspId},LindenMSP", named[^1]);

        // The next waits for it no more.
        int before = named.Count;
        await SubmitAsync();
        Assert.Equal(before + 1, named.Count);
    }

    /// <summary>As where the own peer stood still: it sees none of the others until gossip finds them.</summary>
    [Fact]
    public async Task FewerThanAMajorityAnswer_TheyAreNotAskedAlone()
    {
        _peer.OnEndorse = (request, _) => request.EndorsingOrganizations.SequenceEqual([NodeVectors.MspId])
            ? Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"))
            : throw Failure(StatusCode.DeadlineExceeded);
        await Assert.ThrowsAsync<LedgerUnavailableException>(SubmitAsync);
        Assert.Equal(0, _sent);

        // Once it sees them, the next is endorsed by whom it chooses.
        IReadOnlyList<string>? asked = null;
        _peer.OnEndorse = (request, _) =>
        {
            asked = [.. request.EndorsingOrganizations];
            return Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        };
        await SubmitAsync();
        Assert.Equal([], asked!);
    }

    [Fact]
    public async Task ThoseWhoAnswered_AreNotWhomARecordAsksFor_ThePeerChoosesAgain()
    {
        bool hangs = true;
        IReadOnlyList<string> asked = [];
        _peer.OnEndorse = (request, _) =>
        {
            asked = [.. request.EndorsingOrganizations];
            return hangs && (asked.Count == 0 || asked.Contains("TejoMSP"))
                ? throw Failure(StatusCode.DeadlineExceeded)
                : Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));
        };
        await SubmitAsync();
        Assert.Equal([NodeVectors.MspId, "LindenMSP"], asked);

        hangs = false;
        _peer.OnCommitStatus = (_, _) => Task.FromResult(new CommitStatusResponse
        {
            Result = asked.Count == 0 ? TxValidationCode.Valid : TxValidationCode.EndorsementPolicyFailure,
        });
        await SubmitAsync();
        Assert.Equal([], asked);
    }

    private static RpcException Failure(StatusCode code) => new(new Status(code, "scripted"));

    private Task<Submission> SubmitAsync() => _connection.SubmitAsync("Issue", [], asRegistrar: false, Cancel);
}
