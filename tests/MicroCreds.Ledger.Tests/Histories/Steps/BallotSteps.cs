using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Members put questions to each other, and vote.</summary>
internal static class BallotSteps
{
    private static readonly TimeSpan Open = TimeSpan.FromDays(60);

    /// <summary>Asks whether an institution becomes, or is no more, an accreditor.</summary>
    public static async Task AskAboutAccreditorAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.ActiveKey is not null) is not { } actor) return;
        var subject = Draws.One(draw, [.. world.PresentActors.Where(one => one.IsRegistered)]);
        string action = Draws.One(draw, [BallotAction.AdmitAccreditor, BallotAction.RemoveAccreditor]);
        await AskAsync(world, actor, action, subject, identity: null, must: null);
    }

    /// <summary>Asks the members something; whether that must be possible, the last argument says.</summary>
    public static async Task<OpenBallot?> AskAsync(
        HistoryWorld world, Actor actor, string action, Actor subject, InstitutionIdentity? identity, bool? must)
    {
        var statement = new BallotStatement
        {
            Ledger = world.Ledger,
            MspId = actor.MspId,
            Id = OwnedName.Of(actor.MspId, $"b{world.Channel.Newest}"),
            Action = action,
            Subject = subject.MspId,
            Identity = identity?.Digest(),
            ClosesAt = world.Now + Open,
            KeyId = actor.ActiveKey!.Id,
        };
        world.Note($"{actor.MspId} asks {statement.Id}: {action} {subject.MspId} {identity?.Name} {identity?.Did}");

        // Whether a squatter is stopped when it asks or when the votes are counted is the contract's; see VoteAsync.
        if (!await world.SubmitAsync(
            actor, must == false ? null : must, TransactionNames.ProposeBallot, actor.ActiveKey.Sign(statement)))
            return null;
        var ballot = new OpenBallot(statement, identity) { IsBad = must == false };
        world.Files.Ballots.Add(ballot);
        return ballot;
    }

    public static async Task VoteAsync(HistoryWorld world, Random draw)
    {
        if (world.Files.Ballots.Count == 0) return;
        var ballot = Draws.One(draw, world.Files.Ballots);
        foreach (var actor in world.PresentActors.Where(actor => actor.ActiveKey is not null
            && !ballot.Voted.Contains(actor.MspId)).ToList())
        {
            if (!world.Files.Ballots.Contains(ballot)) return;
            if (Draws.Chance(draw, 5)) continue;
            await VoteAsync(world, ballot, actor, approve: !Draws.Chance(draw, 6));
            world.Wait(TimeSpan.FromMinutes(draw.Next(1, 30)));
        }
    }

    public static async Task VoteAsync(HistoryWorld world, OpenBallot ballot, Actor actor, bool approve)
    {
        var statement = new VoteStatement
        {
            Ledger = world.Ledger,
            MspId = actor.MspId,
            Ballot = ballot.Statement.Id,
            Digest = StatementDigest.Of(ballot.Statement),
            Approve = approve,
            KeyId = actor.ActiveKey!.Id,
        };
        world.Note($"{actor.MspId} votes {(approve ? "for" : "against")} {ballot.Statement.Id}");
        if (!await world.SubmitAsync(actor, must: null, TransactionNames.Vote, actor.ActiveKey.Sign(statement))) return;
        ballot.Voted.Add(actor.MspId);
        if (approve)
        {
            ballot.Approvals.Add(new VoteSaid
            {
                At = world.Reference.Newest,
                MspId = actor.MspId,
                KeyId = statement.KeyId,
            });
        }

        var standing = await world.EvaluateAsync<Ballot>(actor, TransactionNames.GetBallot, ballot.Statement.Id);
        if (standing.State == BallotState.Open) return;
        world.Files.Ballots.Remove(ballot);
        world.Note($"{ballot.Statement.Id} is {standing.State}");
        if (standing.State == BallotState.Accepted) Take(world, ballot);
    }

    /// <summary>Asks, and has all vote for it; tells whether it was decided so.</summary>
    public static async Task<bool> DecideAsync(
        HistoryWorld world, string action, Actor subject, InstitutionIdentity? identity)
    {
        var able = world.PresentActors.Where(actor => actor.ActiveKey is not null && actor.IsRegistered).ToList();
        if (able.FirstOrDefault(actor => actor != subject) is not { } first) return false;
        if (await AskAsync(world, first, action, subject, identity, must: null) is not { } ballot) return false;
        foreach (var actor in able.Where(_ => world.Files.Ballots.Contains(ballot)))
            await VoteAsync(world, ballot, actor, approve: true);
        return !world.Files.Ballots.Contains(ballot);
    }

    private static void Take(HistoryWorld world, OpenBallot ballot)
    {
        var subject = world.Find(ballot.Statement.Subject);
        if (ballot.IsBad) throw new Disagreement($"{subject.MspId} is confirmed as {ballot.Identity}, who is another");
        switch (ballot.Statement.Action)
        {
            case BallotAction.AdmitAccreditor or BallotAction.RemoveAccreditor:
                world.Reference.Say(new AccreditorDecided(
                    ballot.Statement.Action == BallotAction.AdmitAccreditor, (world.Present.Count / 2) + 1,
                    [.. ballot.Approvals])
                {
                    At = world.Reference.Newest,
                    MspId = subject.MspId,
                });
                break;
            case BallotAction.ConfirmIdentity:
                IdentitySteps.Take(world, subject, ballot.Identity!);
                break;
        }
    }
}
