using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;
using MicroCreds.Ledger.Tests.Histories.Steps;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>What happens next, and what it is drawn from: dropping one step leaves the others what they are.</summary>
/// <param name="Name">What.</param>
/// <param name="Seed">What it is drawn from.</param>
/// <param name="Wait">How long after the step before.</param>
/// <param name="Skew">How far the clock is off of who does it.</param>
internal sealed record HistoryStep(string Name, int Seed, TimeSpan Wait, TimeSpan Skew);

/// <summary>Histories: how they begin, how they are drawn, how they are walked.</summary>
internal static class History
{
    private const int MinSteps = 40;
    private const int MaxSteps = 60;

    /// <summary>How often a history that differs is walked again to tell it shorter.</summary>
    private const int MaxShrinkingWalks = 150;

    private static readonly (string Name, int Weight, Func<HistoryWorld, Random, Task> Act)[] Kinds =
    [
        ("issue", 10, IssuingSteps.IssueAsync),
        ("change a status", 8, IssuingSteps.ChangeStatusAsync),
        ("publish a course", 2, IssuingSteps.PublishAsync),
        ("add a key", 1, KeySteps.AddAsync),
        ("rotate a key", 2, KeySteps.RotateAsync),
        ("declare a key stolen", 3, KeySteps.DeclareStolenAsync),
        ("say who one is", 2, IdentitySteps.ProposeAsync),
        ("say that one is another", 1, IdentitySteps.SquatAsync),
        ("ask about an accreditor", 1, BallotSteps.AskAboutAccreditorAsync),
        ("vote", 5, BallotSteps.VoteAsync),
        ("grant an accreditation", 3, AccreditationSteps.GrantAsync),
        ("change an accreditation", 3, AccreditationSteps.ChangeAsync),
        ("propose an agreement", 4, AgreementSteps.ProposeAsync),
        ("accept an agreement", 8, AgreementSteps.AcceptAsync),
        ("amend an agreement", 2, AgreementSteps.AmendAsync),
        ("leave an agreement", 1, AgreementSteps.LeaveAsync),
        ("join", 1, MembershipSteps.JoinAsync),
        ("leave", 1, MembershipSteps.LeaveAsync),
        ("run before another", 1, HostileSteps.FrontRunAsync),
        ("use positions again", 1, HostileSteps.ReuseRangeAsync),
        ("say what is not", 1, HostileSteps.MisdescribeAsync),
        ("forge an issuance", 1, HostileSteps.ForgeIssuanceAsync),
        ("forge a status", 1, HostileSteps.ForgeStatusAsync),
        ("forge an acceptance", 1, HostileSteps.ForgeAcceptanceAsync),
        ("issue and withdraw the key", 1, HostileSteps.IssueBesideWithdrawalAsync),
        ("write privately", 2, HostileSteps.WritePrivatelyAsync),
        ("date it otherwise", 1, HostileSteps.MisdateAsync),
        ("write what is newer", 1, HostileSteps.WriteNewerAsync),
        ("restart the gateway", 1, (world, _) => world.RestartGatewayAsync()),
        ("ask", 4, Questions.AskAsync),
    ];

    // While one difference is being mended, others can be looked for without the step that leads to it.
    private static readonly string[] Without =
        (Environment.GetEnvironmentVariable("TEST_HISTORIES_WITHOUT") ?? "").Split(';');

    /// <summary>Four members, confirmed, with courses, one of them an accreditor.</summary>
    public static async Task<HistoryWorld> BeginAsync()
    {
        var world = await HistoryWorld.FoundAsync();
        foreach (var actor in world.PresentActors)
        {
            await IdentitySteps.ProposeAsync(world, new Random(0), actor, actor.Identity, must: true);
            await KeySteps.AddAsync(world, actor);
        }

        foreach (var actor in world.PresentActors)
        {
            var standing = await world.EvaluateAsync<Institution>(
                actor, TransactionNames.GetInstitution, actor.MspId);
            await BallotSteps.DecideAsync(world, BallotAction.ConfirmIdentity, actor, standing.Proposed);
            await IssuingSteps.PublishAsync(world, actor, new Course("data", 1, "Data", 3, 6, "0613"));
            await IssuingSteps.PublishAsync(world, actor, new Course("law", 1, "Law", 2.5, 4, "0421"));
        }

        var agency = world.PresentActors.Last();
        await BallotSteps.DecideAsync(world, BallotAction.AdmitAccreditor, agency, identity: null);
        await Questions.AskAllAsync(world, new Random(0));
        world.Log.Clear();
        return world;
    }

    public static IReadOnlyList<HistoryStep> Draw(int seed)
    {
        var draw = new Random(seed);
        int total = Kinds.Sum(kind => kind.Weight);
        return
        [
            .. Enumerable.Range(0, draw.Next(MinSteps, MaxSteps + 1)).Select(_ =>
            {
                int place = draw.Next(total);
                string name = Kinds.First(kind => (place -= kind.Weight) < 0).Name;
                var wait = draw.Next(8) == 0
                    ? TimeSpan.FromDays(draw.Next(3, 30))
                    : TimeSpan.FromMinutes(draw.Next(60, 60 * 24));
                var skew = draw.Next(4) == 0 ? TimeSpan.FromMinutes(draw.Next(-10, 11)) : TimeSpan.Zero;
                return new HistoryStep(name, draw.Next(), wait, skew);
            }),
        ];
    }

    /// <summary>Walks a history to its end and asks everything.</summary>
    /// <returns>Where product and reference differ, with what led there; null if nowhere.</returns>
    public static async Task<string?> WalkAsync(HistoryWorld beginning, IReadOnlyList<HistoryStep> steps)
    {
        await using var world = await beginning.ForkAsync();
        try
        {
            foreach (var step in steps)
            {
                world.Wait(step.Wait);
                if (Without.Contains(step.Name)) continue;
                world.Skew = step.Skew;
                await Kinds.First(kind => kind.Name == step.Name).Act(world, new Random(step.Seed));
            }

            world.Wait(TimeSpan.FromHours(1));
            await Questions.AskAllAsync(world, new Random(steps.Count));
            return null;
        }
        catch (Exception exception)
        {
            string what = exception is Disagreement ? exception.Message : exception.ToString();
            return $"{what}\n  {string.Join("\n  ", world.Log)}";
        }
    }

    /// <summary>Leaves out steps as long as product and reference still differ.</summary>
    public static async Task<(IReadOnlyList<HistoryStep> Steps, string Difference)> ShrinkAsync(
        HistoryWorld beginning, IReadOnlyList<HistoryStep> steps, string difference)
    {
        int walks = 0;
        for (int size = steps.Count / 2; size > 0; size /= 2)
        {
            for (int from = 0; from < steps.Count;)
            {
                HistoryStep[] fewer = [.. steps.Take(from), .. steps.Skip(from + size)];
                if (walks++ < MaxShrinkingWalks && await WalkAsync(beginning, fewer) is { } still
                    && Head(still) == Head(difference))
                    (steps, difference) = (fewer, still);
                else
                    from += size;
            }
        }

        return (steps, difference);
    }

    // The same disagreement, about another credential: names are drawn anew in each walk.
    private static string Head(string difference) => new(
        [.. difference.Split('\n')[0].SkipWhile(letter => letter != ':').Where(letter => !char.IsDigit(letter))]);
}
