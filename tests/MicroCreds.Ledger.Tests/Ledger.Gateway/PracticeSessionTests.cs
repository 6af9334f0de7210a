using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Launches, one after the other.</summary>
public sealed class PracticeSessionTests(MailFixture mails) : IClassFixture<MailFixture>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    /// <summary>A registration has one session at a time; which one a server's statement is of, it says.</summary>
    [Fact]
    public async Task LaunchedAgain_TheFormerSessionIsAbandoned_AndAServersStatementGoesToTheOneItNames()
    {
        var (rule, secret) = await PracticeVisitor.SetUpAsync(_gateway, await PracticeVisitor.PublishAsync(_gateway));
        using var learner = await PracticeVisitor.BeginAsync(_gateway, mails.Server, rule, null, null);
        var first = await learner.LaunchAsync();
        await GatewayHost.OkAsync(await first.SayAsync(first.Statement("passed", 0.9)));
        var second = await learner.LaunchAsync();
        var practice = Guid.Parse(first.Registration);
        var statements = _gateway.Services.GetRequiredService<XapiStatements>();
        var sessions = _gateway.Services.GetRequiredService<PracticeSessions>().List(practice);
        var abandoned = Assert.Single(
            statements.ListOfPractice(practice),
            one => Encoding.UTF8.GetString(one.Content).Contains("verbs/abandoned", StringComparison.Ordinal));
        Assert.Equal(sessions[1].Id, abandoned.Session);
        Assert.StartsWith(
            "PT", (string?)JsonNode.Parse(abandoned.Content)!["result"]!["duration"], StringComparison.Ordinal);
        Assert.NotNull(sessions[1].EndedAt);
        using var over = await first.SayAsync(first.Statement("passed", 1));
        Assert.Equal(HttpStatusCode.Forbidden, over.StatusCode);

        string basic = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{rule}:{secret}"));
        var statement = second.Statement("passed", 1);
        await GatewayHost.OkAsync(await PracticeVisitor.LaunchedSession.SayAsync(second.Gateway, basic, statement));
        Assert.Equal(sessions[0].Id, statements.ListOfPractice(practice)[^1].Session);
        statement["id"] = Guid.NewGuid().ToString();
        statement["context"]!["extensions"] = new JsonObject
        {
            ["https://w3id.org/xapi/cmi5/context/extensions/sessionid"] = sessions[1].Id.ToString(),
        };
        using var late = await PracticeVisitor.LaunchedSession.SayAsync(second.Gateway, basic, statement);
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        string told = await late.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("over", told, StringComparison.Ordinal);
    }
}
