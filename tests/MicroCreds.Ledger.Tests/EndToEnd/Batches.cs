using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What people do with many credentials at once, over HTTP as they would.</summary>
internal static class Batches
{
    /// <summary>Requests in lines of JSON.</summary>
    public static string Rows(IEnumerable<JsonObject> requests) =>
        string.Concat(requests.Select(request => request.ToJsonString() + "\n"));

    public static StringContent Ndjson(string rows)
    {
        var content = new StringContent(rows, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return content;
    }

    /// <summary>Issues a batch and waits until it is on the ledger; returns its documents.</summary>
    public static async Task<IReadOnlyList<string>> IssueBatchAsync(this RunningInstitution issuer, string rows)
    {
        string batch = await AcceptAsync(issuer, rows);
        JsonNode progress = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                progress = (await issuer.SendAsync(HttpMethod.Get, batch)).Body!;
                Assert.NotEqual("refused", (string?)progress["state"]);
                return (string?)progress["state"] == "issued";
            },
            () => progress.ToString());
        var documents = await DownloadAsync(issuer, (string)progress["credentials"]!);
        Assert.Equal((int)progress["size"]!, documents.Count);
        return documents;
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
