using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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

        string batch = await AcceptAsync(issuer, rows.ToString());
        JsonNode progress = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                progress = (await issuer.SendAsync(HttpMethod.Get, batch)).Body!;
                Assert.NotEqual("refused", (string?)progress["state"]);
                return (string?)progress["state"] == "issued";
            },
            () => progress.ToString());
        Assert.Equal(Cohort, (int)progress["size"]!);

        var documents = await DownloadAsync(issuer, (string)progress["credentials"]!);
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
            TransactionNames.GetIssuance, [revoked.Root], TestContext.Current.CancellationToken);
        Assert.InRange(record.Length, 100, FewKilobytes);
        Assert.Equal(Cohort, JsonSerializer.Deserialize<Issuance>(record, JsonSerializerOptions.Web)!.Statement.Size);
    }

    [Fact]
    public async Task Batch_OneBrokenRow_IsRefusedWhole_NamingRowAndField()
    {
        var issuer = consortium[1];
        using var user = new LedgerUser(consortium.Description, issuer);
        int before = await user.CountIssuancesAsync(issuer.MspId);
        var rows = new StringBuilder();
        for (int i = 0; i < 1_000; i++)
        {
            var row = Registrar.Request("battery-systems", i == 617 ? "" : $"Lernende {i}");
            rows.Append(row.ToJsonString()).Append('\n');
        }

        using var http = issuer.Registrar();
        using var answer = await http.PostAsync(
            "/v1/batches", Ndjson(rows.ToString()), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 422);
        Assert.Contains("617", text);
        Assert.Contains("name", text);
        Assert.Equal(before, await user.CountIssuancesAsync(issuer.MspId));
    }

    private static StringContent Ndjson(string rows)
    {
        var content = new StringContent(rows, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    private static async Task<string> AcceptAsync(RunningInstitution issuer, string rows)
    {
        using var http = issuer.Registrar();
        using var answer = await http.PostAsync("/v1/batches", Ndjson(rows), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        return answer.Headers.Location!.ToString();
    }

    private static async Task<List<string>> DownloadAsync(RunningInstitution issuer, string path)
    {
        using var http = issuer.Registrar();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var answer = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(
            await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Encoding.UTF8);
        var documents = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            documents.Add(line);
        }

        return documents;
    }
}
