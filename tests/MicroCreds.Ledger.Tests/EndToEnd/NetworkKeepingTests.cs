using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A network whose identities come from Fabric CA, kept through the years: users come and go, certificates are renewed,
/// a peer is restored, an institution leaves.
/// </summary>
public sealed class NetworkKeepingTests(NetworkKeepingTests.EnrolledConsortium enrolled)
    : IClassFixture<NetworkKeepingTests.EnrolledConsortium>
{
    private const string Achievement = "data-literacy";
    private const string Question = "org.hyperledger.fabric:GetMetadata";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_EnrolledThenRevoked_IsRefusedByItsOwnPeerAndByOthers()
    {
        var consortium = enrolled.OrSkip();
        string[] user = ["--institution", consortium[0].MspId, "--user", "clerk", "--state", consortium.State];
        await RunningConsortium.OperateAsync(["enroll", .. user, "--role", "issuer"]);
        await RunningConsortium.OperateAsync(["reenroll", .. user]);
        using (var clerk = new LedgerUser(consortium.Description, consortium[0], "clerk"))
        {
            await clerk.Contract.EvaluateAsync(Question, new ProposalOptions(), Cancelled);
        }

        // Twice: the second time the channel has the list already.
        await RunningConsortium.OperateAsync(["revoke", .. user, "--reason", "keycompromise"]);
        string again = await RunningConsortium.OperateAsync(["revoke", .. user]);
        Assert.Contains("has this revocation list already", again, StringComparison.Ordinal);
        using var revoked = new LedgerUser(consortium.Description, consortium[0], "clerk");
        foreach (int i in (int[])[0, 1])
        {
            var only = new ProposalOptions { EndorsingOrganizations = [consortium[i].MspId] };
            await Assert.ThrowsAnyAsync<FabricException>(
                () => revoked.Contract.EvaluateAsync(Question, only, Cancelled));
        }

        var (code, said) = await RunningConsortium.TryOperateAsync(["reenroll", .. user]);
        Assert.Equal(1, code);
        Assert.Contains("refused", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_Renewed_EveryPartServesWithThem()
    {
        var consortium = enrolled.OrSkip();
        var old = await consortium[0].IssueAsync(Registrar.Request(Achievement, "Aada Ranta"));
        string[] renew = ["renew", "--state", consortium.State];
        string said = await RunningConsortium.OperateAsync([.. renew, "--within", "400"]);
        Assert.Contains("orderer3 serves with the new certificate", said, StringComparison.Ordinal);
        Assert.Contains($"package-{consortium[0].MspId} serves", said, StringComparison.Ordinal);
        string again = await RunningConsortium.OperateAsync(renew);
        Assert.Contains("No certificate expires", again, StringComparison.Ordinal);

        var issued = await consortium[0].IssueAsync(Registrar.Request(Achievement, "Bruno Reis"));
        await consortium[1].VerifyUntilAsync(old.Document, "valid");
        await consortium[1].VerifyUntilAsync(issued.Document, "valid");
        await RunningConsortium.OperateAsync("doctor", "--state", consortium.State);
    }

    [Fact]
    public async Task Peer_RestoredFromABackup_CatchesUpAndEndorses()
    {
        var consortium = enrolled.OrSkip();
        string file = Path.Combine(consortium.State, "backup.tar.gz");
        string[] backup = ["--institution", consortium[3].MspId, "--file", file, "--state", consortium.State];
        await RunningConsortium.OperateAsync(["backup", .. backup]);
        var issued = await consortium[0].IssueAsync(Registrar.Request(Achievement, "Clara Nunes"));
        consortium.Kill($"peer-{consortium[3].MspId}");
        consortium.LoseLedger(consortium[3].MspId);

        // Twice: what the first restored is kept aside by the second.
        for (int i = 0; i < 2; i++)
        {
            string said = await RunningConsortium.OperateAsync(["restore", .. backup]);
            Assert.Contains("has caught up", said, StringComparison.Ordinal);
        }

        await consortium[3].VerifyUntilAsync(issued.Document, "valid");
        using var user = new LedgerUser(consortium.Description, consortium[3]);
        await user.Contract.EvaluateAsync(
            Question, new ProposalOptions { EndorsingOrganizations = [consortium[3].MspId] }, Cancelled);
        var (code, refused) = await RunningConsortium.TryOperateAsync(
            "restore", "--institution", consortium[0].MspId, "--file", file, "--state", consortium.State);
        Assert.Equal(1, code);
        Assert.Contains("Nothing was changed", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Institution_ThatLeaves_IsStopped_AndWhatItIssuedVerifies()
    {
        var consortium = enrolled.OrSkip();
        var leaver = consortium[2];
        var issued = await leaver.IssueAsync(Registrar.Request("ocean-economy", "Dina Alves"));
        string[] remove = ["remove-institution", "--institution", leaver.MspId, "--state", consortium.State];
        var (code, refused) = await RunningConsortium.TryOperateAsync(remove);
        Assert.Equal(1, code);
        Assert.Contains($"counts on {leaver.MspId}", refused, StringComparison.Ordinal);

        string[] members = [consortium[0].MspId, consortium[1].MspId, consortium[3].MspId];
        string policy = $"OutOf(2, {string.Join(", ", members.Select(member => $"'{member}.peer'"))})";
        await RunningConsortium.OperateAsync("upgrade", "--policy", policy, "--state", consortium.State);
        await RunningConsortium.OperateAsync(remove);
        Assert.Contains("is no member", await RunningConsortium.OperateAsync(remove), StringComparison.Ordinal);

        using var http = leaver.Anyone();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(leaver.GatewayUrl), Cancelled));
        await consortium[0].VerifyUntilAsync(issued.Document, "valid");
        var next = await consortium[0].IssueAsync(Registrar.Request(Achievement, "Elsa Lind"));
        await consortium[1].VerifyUntilAsync(next.Document, "valid");
        using var former = new LedgerUser(consortium.Description, leaver with
        {
            PeerEndpoint = consortium[0].PeerEndpoint,
            PeerTlsCa = consortium[0].PeerTlsCa,
            Domain = consortium[0].Domain,
        });
        await Assert.ThrowsAnyAsync<FabricException>(
            () => former.Contract.EvaluateAsync(Question, new ProposalOptions(), Cancelled));
    }

    /// <summary>A network of its own with Fabric CA, brought up only where the tests run on Fabric's peers.</summary>
    public sealed class EnrolledConsortium : IAsyncLifetime
    {
        private const string Given = "TEST_NETWORK";

        private RunningConsortium? _consortium;

        public async ValueTask InitializeAsync()
        {
            // Never on somebody else's network: an institution leaves it.
            if (RunningConsortium.Engine is "native" or "docker" && Environment.GetEnvironmentVariable(Given) is null)
            {
                _consortium = new RunningConsortium { Further = ["--ca"] };
                await _consortium.InitializeAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_consortium is not null)
            {
                await _consortium.DisposeAsync();
            }
        }

        public RunningConsortium OrSkip()
        {
            Assert.SkipWhen(
                _consortium is null,
                "Fabric CA, renewal, backup and leaving are tested on Fabric's own programs: "
                    + "scripts/test.sh --engine native, or docker.");
            return _consortium;
        }
    }
}
