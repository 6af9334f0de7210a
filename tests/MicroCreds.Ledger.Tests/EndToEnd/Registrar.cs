using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What people do with a gateway, over HTTP as they would.</summary>
internal static class Registrar
{
    public static JsonObject Request(string achievement, string name, string? validUntil = null)
    {
        var request = new JsonObject
        {
            ["achievement"] = achievement,
            ["recipient"] = new JsonObject { ["name"] = name, ["email"] = $"{Guid.NewGuid():N}@learner.example" },
        };
        if (validUntil is not null)
        {
            request["validUntil"] = validUntil;
        }

        return request;
    }

    public static async Task<Issued> IssueAsync(this RunningInstitution institution, JsonObject request)
    {
        using var http = institution.Registrar();
        using var answer = await http.PostAsJsonAsync(
            "/v1/credentials", request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return new Issued(text, answer.Headers.Location!.ToString());
    }

    /// <summary>Reads an issued credential in one of its forms, as who holds it gets it.</summary>
    public static async Task<string> ReadAsync(this RunningInstitution institution, Issued issued, string mediaType)
    {
        using var http = institution.Registrar();
        using var request = new HttpRequestMessage(HttpMethod.Get, issued.Location);
        request.Headers.Accept.ParseAdd(mediaType);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Makes an offline bundle of a credential, as anyone can.</summary>
    public static async Task<string> BundleAsync(this RunningInstitution institution, string credential)
    {
        using var http = institution.Anyone();
        using var content = new StringContent(credential, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/bundles", content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    /// <summary>Sends the same request until it is acknowledged; until then nothing but 503 may be answered.</summary>
    public static async Task<string> IssueUntilAcknowledgedAsync(
        this RunningInstitution issuer, JsonObject request)
    {
        string document = "";
        await Until.TrueAsync(
            async () =>
            {
                var (status, body) = await issuer.SendAsync(HttpMethod.Post, "/v1/credentials", request);
                document = body!.ToJsonString();
                Assert.True(
                    status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                    $"{status}: {document}");
                return status != HttpStatusCode.ServiceUnavailable;
            },
            () => $"Not acknowledged: {document}");
        return document;
    }

    public static Task<JsonNode> VerifyAsync(this RunningInstitution institution, string credential) =>
        institution.VerifyAsync(credential, HttpStatusCode.OK);

    public static async Task<JsonNode> VerifyAsync(
        this RunningInstitution institution, string credential, HttpStatusCode expected)
    {
        var (status, text) = await institution.TryVerifyAsync(credential);
        Assert.True(status == expected, $"{status}: {text}");
        return JsonNode.Parse(text)!;
    }

    public static async Task<(HttpStatusCode Status, string Text)> TryVerifyAsync(
        this RunningInstitution institution, string credential)
    {
        using var http = institution.Anyone();
        using var content = new StringContent(credential, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/verifications", content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// Verifies until the verdict is the expected one: another peer may be a moment behind, and a gateway whose peer
    /// was down says 503 until it has found it again.
    /// </summary>
    public static async Task<JsonNode> VerifyUntilAsync(
        this RunningInstitution institution, string credential, string verdict, string? code = null)
    {
        JsonNode? found = null;
        await Until.TrueAsync(
            async () =>
            {
                var (status, text) = await institution.TryVerifyAsync(credential);
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}: {text}");
                found = JsonNode.Parse(text);
                return (string?)found!["verdict"] == verdict
                    && (code is null || found.ToJsonString().Contains($"\"{code}\""));
            },
            () => $"not {verdict} {code} at {institution.Name}: {found}");
        return found!;
    }

    public static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        this RunningInstitution institution, HttpMethod method, string path, object? body = null)
    {
        using var http = institution.Registrar();
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Reads until the answer holds a text: a gateway may be a moment behind another.</summary>
    public static async Task<string> SaysAsync(this RunningInstitution institution, string path, string text)
    {
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                var (_, body) = await institution.SendAsync(HttpMethod.Get, path);
                said = body?.ToJsonString() ?? "";
                return said.Contains(text, StringComparison.Ordinal);
            },
            () => $"{path} did not say {text} at {institution.Name}: {said}");
        return said;
    }

    /// <summary>The outcome of one check of a verdict.</summary>
    public static string? Outcome(this JsonNode verdict, string check) => (string?)verdict["checks"]!.AsArray()
        .Single(candidate => (string?)candidate!["check"] == check)!["outcome"];
}

/// <summary>An issued credential.</summary>
/// <param name="Document">The document as it was answered.</param>
/// <param name="Location">Where it lies at its gateway.</param>
internal sealed record Issued(string Document, string Location)
{
    public JsonNode Json => JsonNode.Parse(Document)!;

    public string Id => (string)Json["id"]!;

    public string Root => (string)Json["ledgerAnchor"]!["root"]!;

    public int Index => (int)Json["ledgerAnchor"]!["index"]!;
}
