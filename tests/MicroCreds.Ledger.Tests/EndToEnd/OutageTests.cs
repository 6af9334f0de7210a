using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The ledger is out of reach: nothing is called valid, nothing is lost.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class OutageTests(RunningConsortium consortium)
{
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
