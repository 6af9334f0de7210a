using MicroCreds.Ledger.Gateway.Guiding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What became of a former plan's steps, as the page asks for it.</summary>
public sealed class PlanFieldsTests
{
    private const string Steps = """
        [ { "mspId": "AuroraMSP", "achievement": "begun", "first": "2027-02-01", "last": "2027-06-30" },
          { "mspId": "AuroraMSP", "achievement": "ahead", "first": "2027-09-01", "last": "2027-12-18" },
          { "mspId": "AuroraMSP", "achievement": "over", "first": "2026-09-01", "last": "2026-12-18" } ]
        """;

    private static readonly DateOnly Today = new(2027, 3, 1);

    [Fact]
    public void Request_OfWhatGoesAsPlannedAndHasBegun_HasItUnderway()
    {
        var request = Fields("planned", "planned", "planned").ToRequest(Today);
        var begun = Assert.Single(request.Underway);
        Assert.Equal(("begun", new DateOnly(2027, 6, 30)), (begun.Achievement, begun.Last));
        Assert.Empty(request.NotThen);
        Assert.Equal(3, request.Before.Count);
    }

    [Fact]
    public void Request_OfWhatWasLeft_TakesItAtAnotherTime_OrNeverAgain()
    {
        var request = Fields("left", "never", "planned").ToRequest(Today);
        Assert.Empty(request.Underway);
        Assert.Equal(("begun", new DateOnly(2027, 2, 1)), (request.NotThen[0].Achievement, request.NotThen[0].First));
        Assert.Equal("ahead", Assert.Single(request.Without).Achievement);
    }

    private static PlanFields Fields(params string[] fates)
    {
        var form = new Dictionary<string, StringValues> { [PlanFields.Before] = Steps };
        for (int i = 0; i < fates.Length; i++) form[$"{PlanFields.Fate}{i}"] = fates[i];
        return PlanFields.Of(new FormCollection(form));
    }
}
