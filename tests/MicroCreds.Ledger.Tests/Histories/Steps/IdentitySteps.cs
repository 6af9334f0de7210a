using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Institutions say who they are, the others confirm it or do not, and squatters try.</summary>
internal static class IdentitySteps
{
    /// <summary>An institution registers, or says that it is someone else from now on.</summary>
    public static async Task ProposeAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw) is not { } actor) return;
        await ProposeAsync(world, draw, actor, Actor.IdentityOf(actor.MspId, draw.Next(4)), must: null);
    }

    /// <summary>One tries to be another, under a name that only looks different.</summary>
    public static async Task SquatAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw) is not { } actor) return;
        var victims = world.Actors.Where(one => one != actor && one.IsConfirmed).ToList();
        if (victims.Count == 0) return;
        var victim = Draws.One(draw, victims).Identity;
        var own = actor.Identity;
        var claimed = draw.Next(4) switch
        {
            0 => own with { Name = victim.Name.ToUpperInvariant() },
            1 => own with { Name = victim.Name + " " },
            2 => own with { Did = victim.Did },
            _ => own with { Did = victim.Did + "." },
        };
        await ProposeAsync(world, draw, actor, claimed, must: null, isSquatted: true);
    }

    public static async Task ProposeAsync(
        HistoryWorld world, Random draw, Actor actor, InstitutionIdentity identity, bool? must, bool isSquatted = false)
    {
        world.Note($"{actor.MspId} says that it is {identity.Name}, {identity.Did}");
        if (!await world.SubmitAsync(actor, must, TransactionNames.SetInstitution, actor.RecordOf(identity))) return;
        actor.IsRegistered = true;
        world.Reference.Say(new IdentityClaimed(identity.Did, identity.Name)
        {
            At = world.Reference.Newest,
            MspId = actor.MspId,
        });
        if (!actor.IsConfirmed) actor.Identity = identity;
        var standing = await world.EvaluateAsync<Institution>(actor, TransactionNames.GetInstitution, actor.MspId);
        if (standing.Proposed is not { } proposed) return;
        var others = world.PresentActors.Where(one => one != actor && one.ActiveKey is not null && one.IsRegistered)
            .ToList();
        if (others.Count == 0) return;
        await BallotSteps.AskAsync(world, Draws.One(draw, others), BallotAction.ConfirmIdentity, actor, proposed,
            isSquatted ? false : null);
    }

    /// <summary>The others have confirmed an identity.</summary>
    public static void Take(HistoryWorld world, Actor actor, InstitutionIdentity identity)
    {
        actor.Identity = identity;
        actor.IsConfirmed = true;
        world.Reference.Say(new IdentityConfirmed(identity.Did, identity.Name)
        {
            At = world.Reference.Newest,
            MspId = actor.MspId,
        });
    }
}
