using System.Net;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>A hundred thousand credentials in one issuance.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class BatchTests(RunningConsortium consortium)
{
    private const int Cohort = 100_000;
    private const int FewKilobytes = 8 * 1024;

    [Fact]
    public async Task Batch_OfAHundredThousand_IsOneSmallIssuance_AndEachCredentialVerifies()
    {
        var issuer = consortium[0];
        var rows = new StringBuilder();
        for (int i = 0; i < Cohort; i++)
        {
            rows.Append(Registrar.Request("arctic-climate-risk", $"Learner {i}").ToJsonString()).Append('\n');
        }

        var documents = await issuer.IssueBatchAsync(rows.ToString());
        Assert.Equal(Cohort, documents.Count);
        Assert.Equal(Cohort, documents.Select(document => new Issued(document, "").Index).Distinct().Count());

        var random = new Random(20260907);
        var chosen = Enumerable.Range(0, 100).Select(_ => documents[random.Next(Cohort)]).Distinct().ToList();
        foreach (string document in chosen)
        {
            await consortium[1].VerifyUntilAsync(document, "valid");
        }

        var revoked = new Issued(chosen[0], "");
        var (status, problem) = await issuer.SendAsync(
            HttpMethod.Post, $"/v1/credentials/{revoked.Id}/revocation", new { reason = "misconduct" });
        Assert.True(status == HttpStatusCode.OK, problem?.ToString());
        await consortium[1].VerifyUntilAsync(chosen[0], "invalid", "revoked");
        foreach (string document in chosen.Skip(1).Take(10))
        {
            await consortium[1].VerifyUntilAsync(document, "valid");
        }

        using var user = new LedgerUser(consortium.Description, consortium[2]);
        byte[] record = await user.Contract.EvaluateAsync(
            TransactionNames.GetIssuance, [consortium[0].MspId, revoked.Root], TestContext.Current.CancellationToken);
        Assert.InRange(record.Length, 100, FewKilobytes);
        Assert.Equal(Cohort, JsonSerializer.Deserialize<Issuance>(record, JsonSerializerOptions.Web)!.Statement.Size);
    }

    [Fact]
    public async Task Batch_OneBrokenRow_IsRefusedWhole_NamingRowAndField()
    {
        var issuer = consortium[1];
        using var user = new LedgerUser(consortium.Description, issuer);
        int before = await user.CountCredentialsAsync(issuer.MspId);
        var rows = new StringBuilder();
        for (int i = 0; i < 1_000; i++)
        {
            var row = Registrar.Request("battery-systems", i == 617 ? "" : $"Lernende {i}");
            rows.Append(row.ToJsonString()).Append('\n');
        }

        using var http = issuer.Registrar();
        using var answer = await http.PostAsync(
            "/v1/batches", Batches.Ndjson(rows.ToString()), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 422);
        Assert.Contains("617", text);
        Assert.Contains("name", text);
        Assert.Equal(before, await user.CountCredentialsAsync(issuer.MspId));
    }
}
