using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The ledger is out of reach: nothing is called valid, nothing is lost.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class OutageTests(RunningConsortium consortium)
{
    private const int Requests = 3;

    /// <summary>One of each kind, none of the institution that issues.</summary>
    public static TheoryData<string> Victims =>
    [
        .. RunningConsortium.Engine == "embedded"
            ? (string[])[]
            : ["peer-TejoMSP", "orderer", "orderer2", "orderer3"],
        "chaincode-TejoMSP", "gateway-TejoMSP",
    ];

    [Theory]
    [MemberData(nameof(Victims))]
    public async Task OnePart_Down_IssuingGoesOnWithoutIt_AndItCatchesUp(string victim)
    {
        Assert.SkipUnless(
            consortium.OwnsProcesses, "The network was started by somebody else: its processes are not ours.");
        var requests = Enumerable.Range(0, Requests)
            .Select(i => Registrar.Request("data-literacy", $"Learner {victim} {i}")).ToList();
        var documents = new List<string>();
        consortium.Kill(victim);
        try
        {
            foreach (var request in requests)
            {
                documents.Add(await consortium[0].IssueUntilAcknowledgedAsync(request));
            }

            await consortium[1].VerifyUntilAsync(documents[^1], "valid");
        }
        finally
        {
            await consortium.HealAsync();
        }

        foreach (string document in documents)
        {
            await consortium[2].VerifyUntilAsync(document, "valid");
        }

        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                (int code, said) = await RunningConsortium.TryOperateAsync("status", "--state", consortium.State);
                return code == 0;
            },
            () => said, Until.PauseOfProcesses);
    }

    [Fact]
    public async Task Ledger_OutOfReach_VerdictIsIndeterminate_AndIssuingAnswers503()
    {
        Assert.SkipUnless(
            consortium.OwnsProcesses, "The network was started by somebody else: its processes are not ours.");
        var issuer = consortium[0];
        var issued = await issuer.IssueAsync(Registrar.Request("data-literacy", "Impi Harju"));
        var request = Registrar.Request("data-literacy", "Urho Harju");
        foreach (string name in consortium.ProcessIds().Keys.Where(IsOfTheLedger))
        {
            consortium.Kill(name);
        }

        try
        {
            // The gateway hears of it a moment after the process is gone.
            await Until.TrueAsync(
                async () => (await issuer.TryVerifyAsync(issued.Document)).Status == HttpStatusCode.ServiceUnavailable,
                () => "The verdict stayed valid without a ledger.");
            var verdict = await issuer.VerifyAsync(issued.Document, HttpStatusCode.ServiceUnavailable);
            Assert.Equal("indeterminate", (string?)verdict["verdict"]);
            var (status, _) = await issuer.SendAsync(HttpMethod.Post, "/v1/credentials", request);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        }
        finally
        {
            await consortium.HealAsync();
        }

        await issuer.VerifyUntilAsync(issued.Document, "valid");
        var late = await issuer.IssueAsync(request);
        await consortium[1].VerifyUntilAsync(late.Document, "valid");
    }

    private static bool IsOfTheLedger(string process) =>
        !process.StartsWith("gateway-", StringComparison.Ordinal)
        && !process.StartsWith("chaincode-", StringComparison.Ordinal);
}
