using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>What the command line says of an answer that no gateway gives.</summary>
public sealed class HostileGatewayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("microcreds-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("[]")]
    [InlineData("x")]
    [InlineData("""{"origin":"a","origin":"b","verifierKey":"k","memberKey":"m"}""")]
    [InlineData("""{"origin":"\ud800","verifierKey":"\ud800","memberKey":"\ud800"}""")]
    [InlineData("""{"origin":1,"verifierKey":{},"memberKey":[]}""")]
    [InlineData("{\"origin\":\"\u00ff\",\"verifierKey\":\"\u00ff\"}")]
    [InlineData("""{"origin":"a","memberKey":"m","members":[null]}""")]
    [InlineData("""{"origin":"a","memberKey":"m","members":[{"name":"n","keys":[null]}]}""")]
    public async Task Log_ThatIsSaidInAnotherForm_Ends65(string said)
    {
        // One byte a character: what is no ASCII here is no UTF-8 there.
        await using var gateway = await StartAsync(
            context => context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(said)).AsTask());
        foreach (string command in new[] { "fsck", "trust" })
        {
            string[] named = command == "fsck" ? ["--gateway", gateway.Urls.Single()] : [gateway.Urls.Single()];
            var run = (await MicroCredsProgram.RunAsync(["log", command, .. named])).Ends(65);
            Assert.Contains("v1/log", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(200, "[]")]
    [InlineData(200, """{"items":[],"items":[],"verdict":"valid","verdict":"invalid"}""")]
    [InlineData(200, """{"items":"\ud800","verdict":"\ud800"}""")]
    [InlineData(422, "[]")]
    [InlineData(422, """{"detail":"\ud800","detail":1}""")]
    [InlineData(422, """{"detail":"d","errors":[1,{"pointer":"/a"},{}]}""")]
    public async Task Answer_InAnotherForm_EndsWithASentence(int status, string said)
    {
        await using var gateway = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(said);
        });
        string file = Path.Combine(_folder, "any.json");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        string[][] commands = [["verify", file], ["status", "some-id"]];
        foreach (string[] command in commands)
        {
            var run = await MicroCredsProgram.RunAsync([.. command, "--gateway", gateway.Urls.Single()]);
            Assert.True(run.Code is 65 or 69, $"{run.Code}: {run.Error}");
            Assert.StartsWith("microcreds: ", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Answer_WithoutAnEnd_IsTooLong()
    {
        byte[] chunk = new byte[1 << 20];
        await using var gateway = await StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });
        string file = Path.Combine(_folder, "any.json");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        string[][] commands =
        [
            ["log", "filter", "--out", Path.Combine(_folder, "filter")], ["verify", file], ["bundle", file],
            ["status", "some-id"],
        ];
        foreach (string[] command in commands)
        {
            var run = (await MicroCredsProgram.RunAsync([.. command, "--gateway", gateway.Urls.Single()])).Ends(65);
            Assert.Contains("is it a gateway?", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Export_ToWhereNothingCanBe_NamesNoOptionThatThereIsNot()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "store.db"), "", TestContext.Current.CancellationToken);
        var run = (await MicroCredsProgram.RunAsync(
            "store", "export", "/nonexistent/x", "--data-directory", _folder)).Ends(73);
        Assert.DoesNotContain("--out", run.Error, StringComparison.Ordinal);
        Assert.Contains("/nonexistent/x", run.Error, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var gateway = builder.Build();
        gateway.Run(answer);
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }
}
