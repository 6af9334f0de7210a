using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class NeededAchievementsTests
{
    /// <summary>What another institution's stands for is needed as what it stands for is, however far off.</summary>
    [Fact]
    public void Of_WhatStandsForSomethingThatOpensTheWay_IsNeeded()
    {
        var input = PathwaySamples.Input(PathwaySamples.Pathway(5, PathwaySamples.All("core", "goal")), []) with
        {
            Catalogue =
            [
                PathwaySamples.Achievement("goal", 5), PathwaySamples.Achievement("before", 5),
                PathwaySamples.Achievement("beside", 5),
                PathwaySamples.Achievement("equal", 5, mspId: PathwaySamples.Abroad),
                PathwaySamples.Achievement("other", 5, mspId: PathwaySamples.Abroad),
            ],
            RecognizedAs = PathwaySamples.Agreement(1, null, ("equal", "before")),
        };
        var offerings = new Dictionary<(string MspId, string Achievement), Offering>
        {
            [(PathwaySamples.Home, "goal")] = After(PathwaySamples.Home, "goal", "before"),
        };
        var needed = NeededAchievements.Of(input, offerings);
        Assert.Contains((PathwaySamples.Home, "before"), needed);
        Assert.Contains((PathwaySamples.Abroad, "equal"), needed);
        Assert.DoesNotContain((PathwaySamples.Abroad, "other"), needed);
        Assert.DoesNotContain((PathwaySamples.Home, "beside"), needed);
    }

    private static Offering After(string mspId, string id, string before) => new()
    {
        MspId = mspId,
        Achievement = id,
        Offers = [],
        StartsAfter = [PathwaySamples.Item(before)],
    };
}
