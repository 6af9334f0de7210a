using System.Net;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a browser does without showing it: it keeps cookies, and goes where it is led.</summary>
internal sealed class BrowserSession : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _origin;

    public BrowserSession(Uri origin)
    {
        _origin = origin;
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = origin,
        };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The cookie of the session, if there is one.</summary>
    public Cookie? Session => Cookies.GetCookies(_origin).SingleOrDefault(
        cookie => cookie.Name.StartsWith("microcreds-session-", StringComparison.Ordinal));

    public Task<HttpResponseMessage> GetAsync(string address) =>
        _client.GetAsync(address, TestContext.Current.CancellationToken);

    /// <summary>Goes where an answer leads.</summary>
    public async Task<HttpResponseMessage> FollowAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.Headers.Location is not null, await answer.Content.ReadAsStringAsync());
        return await GetAsync(new Uri(answer.RequestMessage!.RequestUri!, answer.Headers.Location).ToString());
    }

    /// <summary>Sends a form as the gateway's own page does, or as another says.</summary>
    public Task<HttpResponseMessage> PostFormAsync(
        string address, (string Name, string Value)[] fields, params (string Name, string? Value)[] headers) =>
        SendAsync(
            HttpMethod.Post, address,
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))), headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, HttpContent? content, params (string Name, string? Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        var all = new Dictionary<string, string?>
        {
            ["Origin"] = _origin.GetLeftPart(UriPartial.Authority),
            ["Sec-Fetch-Site"] = "same-origin",
        };
        foreach (var (name, value) in headers)
            all[name] = value;
        foreach (var (name, value) in all)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _client.Dispose();
}
