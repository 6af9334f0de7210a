using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Tests.Ordering;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Accreditation is judged by what stood: nothing that is said later changes an answer.</summary>
public sealed class AccreditationHistoryTests
{
    private static readonly DateTimeOffset Begin = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void GrantToldLater_WithAnEarlierDate_DoesNotReachBack()
    {
        var record = Of(Grant(saidOn: 20, validFromDay: 0));
        Assert.Equal(AccreditationState.Absent, record.StandingAt(Day(10)).State);
        Assert.Equal(AccreditationState.InForce, record.StandingAt(Day(20)).State);
    }

    [Fact]
    public void NarrowingAfterAnAnnouncedOne_ChangesNothingForWhatWasAnchoredBefore()
    {
        var announced = Narrow(saidOn: 1, effectiveDay: 10, level: 6);
        var before = Of(Grant(0, 0), announced);
        var after = Of(Grant(0, 0), announced, Narrow(saidOn: 15, effectiveDay: null, level: 7));
        foreach (int day in new[] { 0, 5, 10, 14 })
            Assert.Equal(before.StandingAt(Day(day)).Scope.Levels, after.StandingAt(Day(day)).Scope.Levels);
        Assert.Equal([7], after.StandingAt(Day(15)).Scope.Levels);
    }

    [Fact]
    public void AnnouncedNarrowing_DoesNotWidenOneThatWasToldLater()
    {
        // Announced first, for day 20: levels 6 and 7, until day 40. Told on day 10, at once: 5 and 6, until day 30.
        var record = Of(
            Grant(0, 0),
            Change(AccreditationAction.Narrow, 1, 20, statement => statement with
            {
                Scope = new AwardScope { Levels = [6, 7] },
                ValidUntil = Day(40),
            }),
            Change(AccreditationAction.Narrow, 10, null, statement => statement with
            {
                Scope = new AwardScope { Levels = [5, 6] },
                ValidUntil = Day(30),
            }));
        Assert.Equal([5, 6], LevelsAt(10));
        Assert.Equal([6], LevelsAt(20));
        Assert.Equal(Day(30), record.StandingAt(Day(20)).ValidUntil);
        Assert.Equal(AccreditationState.Expired, record.StandingAt(Day(30)).State);

        IEnumerable<int> LevelsAt(int day) => Enumerable.Range(1, 8).Where(level => record.StandingAt(Day(day))
            .Covers(PathwaySamples.Achievement("course", 5, level: level)));
    }

    [Fact]
    public void RandomChanges_EachAnswerIsTheSame_WhateverIsSaidLater()
    {
        var random = new Random(RandomOrder.Seed);
        for (int round = 0; round < 500; round++)
        {
            var changes = new List<AccreditationChange> { Grant(random.Next(5), random.Next(-10, 20)) };
            int said = changes[0].ChangedAt.Subtract(Begin).Days;
            for (int i = random.Next(8); i > 0; i--)
                changes.Add(Next(random, said += random.Next(6)));
            var whole = Of([.. changes]);
            for (int day = -5; day < 60; day++)
            {
                var at = Day(day);
                var known = Of([.. changes.Where(change => change.ChangedAt <= at)]);
                Assert.Equal(
                    Text(known.StandingAt(at)),
                    Text(whole.StandingAt(at)));
            }
        }
    }

    private static string Text(AccreditationStanding standing) =>
        $"{standing.State} {standing.Since:O} {standing.ValidUntil:O} "
        + string.Join(';', standing.Scopes.Select(scope => string.Join(',', scope.Levels)));

    private static AccreditationChange Next(Random random, int said)
    {
        int? effective = random.Next(2) == 0 ? null : said + random.Next(20);
        return random.Next(4) switch
        {
            0 => Narrow(said, effective, random.Next(5, 8)),
            1 => Change(AccreditationAction.Suspend, said, effective),
            2 => Change(AccreditationAction.Lift, said, effective),
            _ => Change(AccreditationAction.Withdraw, said, effective),
        };
    }

    private static DateTimeOffset Day(int day) => Begin.AddDays(day);

    private static AccreditationChange Grant(int saidOn, int validFromDay) => Change(
        AccreditationAction.Grant, saidOn, null, statement => statement with
        {
            ValidFrom = Day(validFromDay),
            ValidUntil = Day(50),
            Scope = new AwardScope { Levels = [5, 6, 7] },
        });

    private static AccreditationChange Narrow(int saidOn, int? effectiveDay, int level) => Change(
        AccreditationAction.Narrow, saidOn, effectiveDay,
        statement => statement with { Scope = new AwardScope { Levels = [level] } });

    private static AccreditationChange Change(
        string action, int saidOn, int? effectiveDay,
        Func<AccreditationStatement, AccreditationStatement>? adjust = null)
    {
        var statement = new AccreditationStatement
        {
            Ledger = "l",
            MspId = "MeridianMSP",
            Institution = "AuroraMSP",
            Id = "a",
            Sequence = 1,
            Action = action,
            EffectiveFrom = effectiveDay is { } day ? Day(day) : null,
            KeyId = "k",
        };
        return new AccreditationChange(adjust?.Invoke(statement) ?? statement, "", Day(saidOn), "t");
    }

    private static Accreditation Of(params AccreditationChange[] changes) =>
        new() { MspId = "AuroraMSP", Accreditor = "MeridianMSP", Id = "a", Changes = changes };
}
