using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Accreditors grant, narrow, suspend, lift and withdraw, at once or announced, also dated back.</summary>
internal static class AccreditationSteps
{
    public static async Task GrantAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.ActiveKey is not null) is not { } accreditor) return;
        var institution = Draws.One(draw, [.. world.PresentActors.Where(one => one.IsRegistered)]);
        var scope = new AwardScope
        {
            Levels = Draws.One<IReadOnlyList<int>>(draw, [[], [6, 7], [4]]),
            Fields = Draws.One<IReadOnlyList<string>>(draw, [[], ["06"], ["03", "071"]]),
        };
        var from = world.Now + TimeSpan.FromDays(draw.Next(-60, 10));
        var own = new OwnAccreditation(
            accreditor.MspId, institution.MspId, $"a{world.Channel.Newest}", scope);
        var statement = StatementOf(world, own, AccreditationAction.Grant) with
        {
            Scope = scope,
            ValidFrom = from,
            ValidUntil = Draws.Chance(draw, 2) ? null : world.Now + TimeSpan.FromDays(draw.Next(20, 200)),
        };

        // Whether one who is no accreditor may grant is the contract's; it would count for nothing.
        if (await SendAsync(world, accreditor, statement, must: null)) world.Files.Accreditations.Add(own);
    }

    public static async Task ChangeAsync(HistoryWorld world, Random draw)
    {
        var all = world.Files.Accreditations.Where(one => !one.IsWithdrawn && world.Present.Contains(one.Accreditor)
            && world.Find(one.Accreditor).ActiveKey is not null).ToList();
        if (all.Count == 0) return;
        var own = Draws.One(draw, all);
        string action = Draws.One(draw, [
            AccreditationAction.Narrow, AccreditationAction.Suspend, AccreditationAction.Lift,
            AccreditationAction.Suspend, AccreditationAction.Withdraw]);
        own.Sequence++;
        bool isScope = action == AccreditationAction.Narrow && own.Scope.Levels.Count == 0 && Draws.Chance(draw, 2);
        var statement = StatementOf(world, own, action) with
        {
            Scope = isScope ? own.Scope with { Levels = [4] } : null,
            ValidUntil = action == AccreditationAction.Narrow && !isScope
                ? world.Now + TimeSpan.FromDays(draw.Next(2, 15))
                : null,
            EffectiveFrom = Draws.Chance(draw, 2) ? null : world.Now + TimeSpan.FromDays(draw.Next(1, 20)),
        };
        if (await SendAsync(world, world.Find(own.Accreditor), statement, must: null))
            own.IsWithdrawn |= action == AccreditationAction.Withdraw;
        else
            own.Sequence--;
    }

    private static async Task<bool> SendAsync(
        HistoryWorld world, Actor accreditor, AccreditationStatement statement, bool? must)
    {
        world.Note($"{statement.MspId} {statement.Action}s {statement.Id} for {statement.Institution}: levels "
            + $"{string.Join('/', statement.Scope?.Levels ?? [])}, "
            + $"fields {string.Join('/', statement.Scope?.Fields ?? [])}, "
            + $"from {statement.ValidFrom ?? statement.EffectiveFrom:MM-dd HH:mm} "
            + $"until {statement.ValidUntil:MM-dd HH:mm}");
        if (!await world.SubmitAsync(
            accreditor, must, TransactionNames.SetAccreditation, accreditor.ActiveKey!.Sign(statement)))
            return false;
        Take(world, statement, isGenuine: true);
        return true;
    }

    public static void Take(HistoryWorld world, AccreditationStatement statement, bool isGenuine) =>
        world.Reference.Say(new AccreditationSaid(statement.Institution, statement.Id, statement.Action)
        {
            At = world.Reference.Newest,
            MspId = statement.MspId,
            KeyId = statement.KeyId,
            IsGenuine = isGenuine,
            Scope = ScopeOf(statement.Scope),
            IsScopeGiven = statement.Scope is not null,
            ValidFrom = statement.ValidFrom,
            ValidUntil = statement.ValidUntil,
            EffectiveFrom = statement.EffectiveFrom,
        });

    public static Scope ScopeOf(AwardScope? scope) =>
        scope is null ? Scope.All : new Scope(scope.Levels, scope.Fields, scope.Achievements);

    private static AccreditationStatement StatementOf(HistoryWorld world, OwnAccreditation own, string action) => new()
    {
        Ledger = world.Ledger,
        MspId = own.Accreditor,
        Institution = own.Institution,
        Id = own.Id,
        Sequence = own.Sequence,
        Action = action,
        KeyId = world.Find(own.Accreditor).ActiveKey!.Id,
    };
}
