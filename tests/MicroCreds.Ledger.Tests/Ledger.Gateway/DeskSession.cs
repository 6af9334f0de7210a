using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A person at the desk without a browser: signed in with a key, sending the desk's own forms.</summary>
internal sealed partial class DeskSession : IDisposable
{
    private readonly BrowserSession _session;

    private DeskSession(BrowserSession session) => _session = session;

    /// <summary>The cookie, if somebody is signed in.</summary>
    public Cookie? Cookie => _session.Session;

    public static async Task<DeskSession> OpenAsync(GatewayHost gateway, string key = GatewayHost.ApiKey)
    {
        var session = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var answer = await session.PostFormAsync("/sign-in", [("key", key), ("returnUrl", "/desk/agreements")]);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/desk/agreements", answer.Headers.Location!.ToString());
        return new DeskSession(session);
    }

    public Task<HttpResponseMessage> GetAsync(string address) => _session.GetAsync(address);

    /// <summary>Reads a page as a person does, in words.</summary>
    public async Task<string> ReadAsync(string address)
    {
        using var answer = await _session.GetAsync(address);
        string page = await TextAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {page}");
        return page;
    }

    /// <summary>Sends the form of a page, with its hidden fields as they are but for those that are given.</summary>
    /// <param name="page">The page that has the form.</param>
    /// <param name="address">Where the form is sent.</param>
    /// <param name="fields">What is filled in.</param>
    public async Task<HttpResponseMessage> SendAsync(
        string page, string address, params (string Name, string Value)[] fields)
    {
        string text = await ReadAsync(page);
        var hidden = HiddenOf(text);
        return await _session.PostFormAsync(
            address,
            [
                .. hidden.Where(one => fields.All(field => field.Name != one.Name)).DistinctBy(one => one.Name),
                .. fields,
            ]);
    }

    /// <summary>The hidden fields of a page's own forms.</summary>
    public static IReadOnlyList<(string Name, string Value)> HiddenOf(string page) =>
    [
        .. Hidden().Matches(page[page.IndexOf("<main", StringComparison.Ordinal)..])
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
    ];

    public static async Task<string> TextAsync(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public void Dispose() => _session.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
