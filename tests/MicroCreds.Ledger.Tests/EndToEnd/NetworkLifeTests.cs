using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The contract is upgraded, an institution added: on a network of its own.</summary>
public sealed class NetworkLifeTests(NetworkLifeTests.NativeConsortium native)
    : IClassFixture<NetworkLifeTests.NativeConsortium>
{
    private const int Registrars = 3;
    private const string Achievement = "data-literacy";
    private const string Newcomer = "SkerryMSP";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contract_UpgradedWhileRegistrarsIssue_NothingIsLost_NorRefusedByProcesses()
    {
        var consortium = native.OnFabricOrSkip();
        int before = await CountAsync(consortium);
        using var stop = new CancellationTokenSource();
        var issued = new ConcurrentBag<Issued>();
        var issuing = Task.WhenAll(Enumerable.Range(0, Registrars).Select(registrar => Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                // Anything but 201 fails the test; but containers that are made anew answer 503 until they are there.
                var request = Registrar.Request(Achievement, $"Learner {registrar} {i}");
                issued.Add(RunningConsortium.Engine == "docker"
                    ? new Issued(await consortium[0].IssueUntilAcknowledgedAsync(request), "")
                    : await consortium[0].IssueAsync(request));
            }
        })));
        string said = await RunningConsortium.OperateAsync("upgrade", "--version", "1.1", "--state", consortium.State);
        await stop.CancelAsync();
        await issuing;

        Assert.Contains("sequence 2", said, StringComparison.Ordinal);
        Assert.NotEmpty(issued);
        Assert.Equal(before + issued.Count, await CountAsync(consortium));
        foreach (var credential in issued)
        {
            await consortium[1].VerifyUntilAsync(credential.Document, "valid");
        }

        string again = await RunningConsortium.OperateAsync("upgrade", "--version", "1.1", "--state", consortium.State);
        Assert.Contains("has microcreds 1.1 already", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Institution_Added_VerifiesWhatWasThereBefore_AndIsThereAfterARestart()
    {
        var consortium = native.OnFabricOrSkip();
        var old = await consortium[0].IssueAsync(Registrar.Request(Achievement, "Aada Ranta"));
        var description = JsonNode.Parse(
            await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "network", "newcomer.json"), Cancelled))!;
        description["organization"]!["peer"] = "127.0.0.1:0";
        description["organization"]!["gateway"] = "127.0.0.1:0";
        description["chaincodeServer"] = "127.0.0.1:0";
        string file = Path.Combine(consortium.State, "newcomer.json");
        await File.WriteAllTextAsync(file, description.ToJsonString(), Cancelled);

        // Twice: the second time there is nothing left to do.
        for (int i = 0; i < 2; i++)
        {
            await RunningConsortium.OperateAsync("add-institution", "--institution", file, "--state", consortium.State);
        }

        string request = await File.ReadAllTextAsync(
            Path.Combine(consortium.State, "requests", Newcomer, "request.json"), Cancelled);
        Assert.DoesNotContain("PRIVATE KEY", request, StringComparison.Ordinal);
        await consortium.ReadAsync();
        var newcomer = consortium.Description.Institutions.Single(institution => institution.MspId == Newcomer);
        await newcomer.VerifyUntilAsync(old.Document, "valid");

        var (status, problem) = await newcomer.SendAsync(HttpMethod.Put, "/v1/institution", new
        {
            name = newcomer.Name,
            country = newcomer.Country,
            did = $"did:web:{newcomer.Domain}",
            website = $"https://www.{newcomer.Domain}",
        });
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, problem?.ToString());
        await RunningConsortium.OperateAsync("down", "--state", consortium.State);
        await consortium.HealAsync();
        await newcomer.VerifyUntilAsync(old.Document, "valid");
    }

    [Fact]
    public async Task Chaincode_Deployed_IsCommittedOnce_AndTellsItsServersTheirIds()
    {
        var consortium = native.OnFabricOrSkip();
        string file = Path.Combine(consortium.State, "notary.json");
        await File.WriteAllTextAsync(
            file,
            """
            { "name": "notary", "version": "0.1", "endorsementPolicy": "OR('AuroraMSP.peer', 'TejoMSP.peer')",
              "servers": { "AuroraMSP": "127.0.0.1:19201", "TejoMSP": "127.0.0.1:19203" } }
            """,
            Cancelled);
        for (int i = 0; i < 2; i++)
        {
            string said = await RunningConsortium.OperateAsync(
                "deploy", "--chaincode", file, "--state", consortium.State);
            Assert.Contains("notary 0.1, sequence 1", said, StringComparison.Ordinal);
            Assert.Matches("AuroraMSP +notary_0.1:[0-9a-f]{64}", said);
            Assert.DoesNotContain("LindenMSP", said, StringComparison.Ordinal);
        }
    }

    /// <summary>Counts at the issuer's own peer, which has all that was acknowledged; others may be behind.</summary>
    private static async Task<int> CountAsync(RunningConsortium consortium)
    {
        using var user = new LedgerUser(consortium.Description, consortium[0]);
        return await user.CountCredentialsAsync(consortium[0].MspId);
    }

    /// <summary>A consortium of Fabric's own peers, brought up only where the tests run on those.</summary>
    public sealed class NativeConsortium : IAsyncLifetime
    {
        private const string Engine = "native";

        private RunningConsortium? _consortium;

        public async ValueTask InitializeAsync()
        {
            if (RunningConsortium.Engine is Engine or "docker")
            {
                _consortium = new RunningConsortium();
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

        /// <summary>For what is done between institutions that each run their own.</summary>
        public RunningConsortium OrSkip()
        {
            Assert.SkipUnless(
                RunningConsortium.Engine == Engine,
                "Members that share no keys each run their own: scripts/test.sh --engine native.");
            return OnFabricOrSkip();
        }

        /// <summary>For what is done on every engine with Fabric's own peers.</summary>
        public RunningConsortium OnFabricOrSkip()
        {
            Assert.SkipWhen(
                _consortium is null,
                "A channel's life is tested on Fabric's own peers: scripts/test.sh --engine native, or docker.");
            return _consortium;
        }
    }
}
