using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What of all that was said counts.</summary>
public sealed class PracticeRecordTests
{
    private const string Activity = "urn:lab";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly PracticeRule Rule = new()
    {
        Id = "lab",
        Achievement = "lab",
        Simulator = "lab",
        Title = "Lab",
        Activities = [new RuleActivity { Id = Activity, Name = "Lab", Must = RuleActivity.Passed }],
        LeastScore = 0.5,
    };

    [Fact]
    public void Passed_WithoutSuccess_CountsAsNothing_NorDoesItsScore()
    {
        var record = RecordOf(Say("passed", 0.9, isSuccess: false));
        Assert.Empty(record.Attempts);
        Assert.Null(record.BestScore);
        Assert.Null(record.Activities[0].Score);
        Assert.Contains("activities", record.Missing);

        record = RecordOf(Say("passed", 0.9, isSuccess: false), Say("passed", 0.6, isSuccess: true));
        Assert.Equal((0.6, 0.6), (record.BestScore, record.Activities[0].Score));
        Assert.Empty(record.Missing);
    }

    [Fact]
    public void Failed_IsAnAttempt_WhoseScoreIsNotTheBest()
    {
        var record = RecordOf(Say("failed", 0.95, isSuccess: false));
        Assert.Equal(("failed", 0.95), (Assert.Single(record.Attempts).Outcome, record.Attempts[0].Score));
        Assert.Null(record.BestScore);
        record = RecordOf(Say("failed", 0.95, isSuccess: false), Say("passed", 0.7, isSuccess: true));
        Assert.Equal(("passed", 0.7), (record.Attempts[0].Outcome, record.Attempts[0].Score));
        Assert.Equal((0.7, 0.7), (record.BestScore, record.Activities[0].Score));
    }

    [Fact]
    public void Abandoned_IsNoTimeThatWasPractised()
    {
        string abandoned = "https://w3id.org/xapi/adl/verbs/abandoned";
        var record = RecordOf(Say("passed", 0.7, isSuccess: true), Say(abandoned, null, isSuccess: null, hours: 48));
        Assert.Equal(60, record.Seconds);
    }

    private static PracticeRecord RecordOf(params Func<Guid, KeptStatement>[] said)
    {
        var session = new PracticeSession
        {
            Id = Guid.NewGuid(),
            Practice = Guid.NewGuid(),
            Simulator = "lab",
            Activity = Activity,
            CreatedAt = Now,
        };
        return PracticeRecord.Of(Rule, [session], [.. said.Select(one => one(session.Id))]);
    }

    private static Func<Guid, KeptStatement> Say(string verb, double? score, bool? isSuccess, int hours = 0)
    {
        var statement = new JsonObject
        {
            ["verb"] = new JsonObject
            {
                ["id"] = verb.Contains(':', StringComparison.Ordinal) ? verb : "http://adlnet.gov/expapi/verbs/" + verb,
            },
            ["object"] = new JsonObject { ["id"] = Activity },
        };
        if (score is { } scaled)
        {
            statement["result"] = new JsonObject
            {
                ["score"] = new JsonObject { ["scaled"] = scaled },
                ["success"] = isSuccess,
            };
        }

        byte[] content = Encoding.UTF8.GetBytes(statement.ToJsonString());
        return session => new KeptStatement(Guid.NewGuid(), Now.AddHours(hours).AddMinutes(1), session, content);
    }
}
