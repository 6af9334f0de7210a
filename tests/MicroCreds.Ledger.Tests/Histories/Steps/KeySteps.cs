using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Keys are added, rotated, withdrawn, and found to have been stolen.</summary>
internal static class KeySteps
{
    public static async Task AddAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Keys.Count < 6) is not { } actor) return;
        await AddAsync(world, actor);
    }

    public static async Task AddAsync(HistoryWorld world, Actor actor)
    {
        int number = actor.Keys.Count + 1;
        var key = new ActorKey($"key-{number}", Actor.KeyOf(actor.MspId, number));
        var statement = new KeyStatement
        {
            Ledger = world.Ledger,
            MspId = actor.MspId,
            KeyId = key.Id,
            PublicKeyMultibase = key.Private.PublicKeyMultibase,
        };
        if (!await world.SubmitAsync(actor, must: true, TransactionNames.AddKey, key.Sign(statement))) return;
        actor.Keys.Add(key with { AddedAt = world.Now + world.Skew });
        world.Reference.Say(new KeyAdded { At = world.Reference.Newest, MspId = actor.MspId, KeyId = key.Id });
    }

    /// <summary>A new key takes the place of the one in use.</summary>
    public static async Task RotateAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Keys.Count < 6 && actor.ActiveKey is not null) is not { } actor)
            return;
        var old = actor.ActiveKey!;
        await AddAsync(world, actor);
        world.Wait(TimeSpan.FromMinutes(1));
        await WithdrawAsync(world, actor, old, stolenSince: null);
    }

    /// <summary>Finds out that others had a key, since some time or from now on, and withdraws it.</summary>
    public static async Task DeclareStolenAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Keys.Count > 0) is not { } actor) return;
        var key = Draws.One(draw, actor.Keys);
        if (key.IsWithdrawn && !Draws.Chance(draw, 2)) return;
        var anchors = world.Papers.Where(paper => paper.MspId == actor.MspId && paper.KeyId == key.Id)
            .Select(paper => paper.MadeAt).Distinct().ToList();

        // At the very moment of an award, a little before, or from now on.
        var since = anchors.Count > 0 && !Draws.Chance(draw, 3) ? Draws.One(draw, anchors) : world.Now;
        if (Draws.Chance(draw, 3)) since -= TimeSpan.FromHours(draw.Next(1, 72));
        var sent = world.Now + world.Skew;
        if (since > sent) since = sent;
        await WithdrawAsync(world, actor, key, since > key.AddedAt ? since : key.AddedAt);
    }

    public static async Task WithdrawAsync(HistoryWorld world, Actor actor, ActorKey key, DateTimeOffset? stolenSince)
    {
        world.Note($"{actor.MspId} withdraws {key.Id}, stolen since {stolenSince:MM-dd HH:mm}");

        // What was withdrawn before may be found stolen later; whether that can still be said is the contract's.
        bool? must = key.IsWithdrawn ? null : true;
        if (!await world.SubmitAsync(
            actor, must, TransactionNames.RevokeKey, new KeyRevocation(key.Id, stolenSince)))
            return;
        Take(world, actor, key, stolenSince);
    }

    public static void Take(HistoryWorld world, Actor actor, ActorKey key, DateTimeOffset? stolenSince)
    {
        key.IsWithdrawn = true;
        world.Reference.Say(new KeyWithdrawn(stolenSince)
        {
            At = world.Reference.Newest,
            MspId = actor.MspId,
            KeyId = key.Id,
        });
    }
}
