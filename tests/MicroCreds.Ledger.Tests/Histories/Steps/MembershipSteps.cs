using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Institutions join, leave, and come back.</summary>
internal static class MembershipSteps
{
    private const int Fewest = 2;

    private static readonly string[] Types =
    [
        RecordKey.InstitutionType, RecordKey.StatusType, RecordKey.AccreditationType, RecordKey.AchievementType,
        RecordKey.IssuanceType,
    ];

    private static readonly string[] Common =
        [RecordKey.BallotType, RecordKey.ConsortiumType, RecordKey.AgreementType, RecordKey.IdentityType];

    /// <summary>One who is not there gets a peer on the channel, and registers.</summary>
    public static async Task JoinAsync(HistoryWorld world, Random draw)
    {
        var absent = world.Actors
            .Where(actor => !world.Present.Contains(actor.MspId) && CanReturn(world, actor)).ToList();
        if (absent.Count == 0) return;
        var actor = Draws.One(draw, absent);
        world.Note($"{actor.MspId} joins");

        // Who left comes back by the others' word; who never was there only has to register.
        if (actor.LeftFrom.Count > 0
            && !await BallotSteps.DecideAsync(world, BallotAction.AdmitMember, actor, identity: null))
            return;
        actor.LeftFrom = [];
        world.Present.Add(actor.MspId);
        world.Present.Sort(StringComparer.Ordinal);
        world.Channel.SetPolicy(world.Present);
        await IdentitySteps.ProposeAsync(world, draw, actor, actor.Identity, must: true);
        if (actor.ActiveKey is null) await KeySteps.AddAsync(world, actor);
        await RefreshAsync(world, world.Present);
    }

    /// <summary>A member leaves by its own word; its peer endorses until all records are made ready.</summary>
    public static async Task LeaveAsync(HistoryWorld world, Random draw)
    {
        if (world.Present.Count <= Fewest || Draws.AnActor(world, draw) is not { } actor) return;
        world.Note($"{actor.MspId} leaves");
        if (!await world.SubmitAsync(actor, must: true, TransactionNames.LeaveConsortium)) return;
        actor.LeftFrom = [.. world.Present];
        await RefreshAsync(world, world.Present);
        world.Present.Remove(actor.MspId);
        world.Channel.SetPolicy(world.Present);
    }

    /// <summary>
    /// Whether enough are there of those whom the records name that it left behind: without it nobody could change
    /// their policies, however many left since.
    /// </summary>
    private static bool CanReturn(HistoryWorld world, Actor actor) =>
        actor.LeftFrom.Count(one => one != actor.MspId && world.Present.Contains(one)) >= actor.LeftFrom.Count / 2;

    /// <summary>What each member's gateway does after members came or left.</summary>
    private static async Task RefreshAsync(HistoryWorld world, IEnumerable<string> gateways)
    {
        var members = await world.EvaluateAsync<Members>(world.PresentActors.First(), TransactionNames.GetMembers);
        foreach (string gateway in gateways.ToList())
        {
            var actor = world.Find(gateway);
            string[] names = [gateway, .. members.Former.Select(former => former.MspId).Except([gateway])];
            foreach (var (type, name) in names.SelectMany(name => Types.Select(type => (type, name)))
                .Concat(Common.Select(type => (type, name: ""))))
            {
                string? bookmark = "";
                while (bookmark is not null)
                {
                    var page = await world.EvaluateAsync<StalePolicies>(
                        actor, TransactionNames.ListStalePolicies, type, name, Limits.MaxRefreshedPolicies, bookmark);
                    if (page.Keys.Count > 0)
                        await world.SubmitAsync(actor, must: true, TransactionNames.RefreshPolicies, page.Keys);
                    bookmark = page.Next;
                }
            }
        }
    }
}
