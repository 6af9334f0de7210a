using System.Text;
using MicroCreds.Ledger.Credentials.Fetching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Fetching;

/// <summary>Addresses that stand in somebody's document, and a fetcher that must not be led astray by them.</summary>
public sealed class SafeFetcherTests : IAsyncLifetime
{
    private WebApplication _server = null!;
    private int _asked;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Url => _server.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Use(next => context =>
        {
            _asked++;
            return next(context);
        });
        _server.MapGet("/fine", () => "fine");
        _server.MapGet("/away", () => Results.Redirect("http://169.254.169.254/latest/meta-data"));
        _server.MapGet("/near", () => Results.Redirect("/fine"));
        _server.MapGet("/endless", async context =>
        {
            byte[] chunk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });
        _server.MapGet("/silent", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await _server.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fetch_LoopbackWhereAllowed_IsFetched()
    {
        using var fetcher = new SafeFetcher(new FetchOptions { AllowLoopback = true });
        byte[] fetched = await fetcher.FetchAsync(new Uri(Url + "/fine"), [], Cancellation);
        Assert.Equal("fine", Encoding.UTF8.GetString(fetched));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/fine")]
    [InlineData("https://127.0.0.1:{0}/fine")]
    [InlineData("https://localhost:{0}/fine")]
    [InlineData("https://[::1]:{0}/fine")]
    [InlineData("https://[::ffff:127.0.0.1]:{0}/fine")]
    [InlineData("https://2130706433:{0}/fine")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://0.0.0.0:{0}/")]
    [InlineData("http://creds.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://creds.example/")]
    [InlineData("https://me:secret@127.0.0.1:{0}/fine")]
    public async Task Fetch_WhatTheRuleForbids_IsRefusedWithoutAsking(string form)
    {
        var address = new Uri(form.Replace("{0}", $"{new Uri(Url).Port}", StringComparison.Ordinal));
        using var fetcher = new SafeFetcher(new FetchOptions());
        await Assert.ThrowsAsync<FetchException>(() => fetcher.FetchAsync(address, [], Cancellation));
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("/away")]
    [InlineData("/near")]
    public async Task Fetch_Redirect_IsNotFollowed(string path)
    {
        using var fetcher = new SafeFetcher(new FetchOptions { AllowLoopback = true });
        var refused = await Assert.ThrowsAsync<FetchException>(
            () => fetcher.FetchAsync(new Uri(Url + path), [], Cancellation));
        Assert.Contains("leads elsewhere", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Fetch_EndlessAnswer_IsBrokenOff()
    {
        using var fetcher = new SafeFetcher(new FetchOptions { AllowLoopback = true, MaxBytes = 100_000 });
        var refused = await Assert.ThrowsAsync<FetchException>(
            () => fetcher.FetchAsync(new Uri(Url + "/endless"), [], Cancellation));
        Assert.Contains("100000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_SilentServer_IsGivenUp()
    {
        var options = new FetchOptions { AllowLoopback = true, Timeout = TimeSpan.FromMilliseconds(50) };
        using var fetcher = new SafeFetcher(options);
        await Assert.ThrowsAsync<FetchException>(
            () => fetcher.FetchAsync(new Uri(Url + "/silent"), [], Cancellation));
    }
}
