using Xunit;
using Xunit.Sdk;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What looks for barriers finds them.</summary>
public sealed class BrowserTests(Browser found) : IClassFixture<Browser>
{
    [Theory]
    [InlineData("<label for=\"a\">A</label><input id=\"a\"><p>Read me</p>", false, null)]
    [InlineData("<input id=\"a\"><p>Read me</p>", false, "label")]
    [InlineData("<input id=\"a\"><p>Read me</p>", true, null)]
    [InlineData("<p style=\"color:#bbb\">Read me</p>", false, "color-contrast")]
    [InlineData("<p style=\"color:#bbb\">Read me</p>", true, "color-contrast")]
    public async Task Barriers_AreFound(string content, bool isRecoloured, string? barrier)
    {
        var page = await found.OrSkip().OpenAsync("about:blank");
        await page.SetContentAsync(
            $"<!doctype html><html lang=\"en\"><title>T</title><main><h1>T</h1>{content}</main></html>");
        var failure = await Record.ExceptionAsync(() => Browser.AssertAccessibleAsync(page, isRecoloured));
        if (barrier is null) Assert.Null(failure);
        else Assert.Contains(barrier, Assert.IsType<TrueException>(failure).Message, StringComparison.Ordinal);
    }
}
