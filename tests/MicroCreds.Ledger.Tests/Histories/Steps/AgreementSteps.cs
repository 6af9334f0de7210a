using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Institutions agree on what they recognise, amend it, and leave.</summary>
internal static class AgreementSteps
{
    public static async Task ProposeAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.ActiveKey is not null) is not { } actor) return;
        var others = world.Actors.Where(one => one != actor && one.IsRegistered).OrderBy(_ => draw.Next())
            .Take(draw.Next(1, 3)).ToList();
        if (others.Count == 0) return;
        string[] parties = [.. others.Append(actor).Select(one => one.MspId).Order(StringComparer.Ordinal)];
        var terms = new AgreementStatement
        {
            Ledger = world.Ledger,
            MspId = actor.MspId,
            Id = OwnedName.Of(actor.MspId, $"g{world.Channel.Newest}"),
            Version = 1,
            Name = "Recognition",
            Parties = parties,
            Clauses = ClausesOf(draw, parties),
            ValidFrom = world.Now + TimeSpan.FromDays(draw.Next(-40, 5)),
            ValidUntil = Draws.Chance(draw, 3) ? world.Now + TimeSpan.FromDays(draw.Next(10, 60)) : null,
            NoticeDays = Draws.One(draw, [0, 0, 5]),
            KeyId = actor.ActiveKey!.Id,
        };
        await ProposeAsync(world, actor, terms, must: true);
    }

    /// <summary>A party proposes other terms.</summary>
    public static async Task AmendAsync(HistoryWorld world, Random draw)
    {
        if (ASharedOne(world, draw, out var party) is not { } agreement || agreement.Left.Count > 0) return;
        var terms = agreement.Terms with
        {
            MspId = party.MspId,
            Version = agreement.Terms.Version + 1,
            Clauses = ClausesOf(draw, agreement.Terms.Parties),
            ValidFrom = world.Now + TimeSpan.FromDays(draw.Next(-10, 10)),
            ValidUntil = Draws.Chance(draw, 4) ? world.Now + TimeSpan.FromDays(draw.Next(15, 60)) : null,
            KeyId = party.ActiveKey!.Id,
        };
        await ProposeAsync(world, party, terms, must: null);
    }

    public static async Task AcceptAsync(HistoryWorld world, Random draw)
    {
        if (ASharedOne(world, draw, out var party) is not { } agreement || agreement.Accepted.Contains(party.MspId))
            return;
        var statement = new AcceptanceStatement
        {
            Ledger = world.Ledger,
            MspId = party.MspId,
            Agreement = agreement.Id,
            Version = agreement.Terms.Version,
            Digest = StatementDigest.Of(agreement.Terms),
            KeyId = party.ActiveKey!.Id,
        };
        world.Note($"{party.MspId} accepts {agreement.Id} v{statement.Version}");
        if (!await world.SubmitAsync(
            party, must: null, TransactionNames.AcceptAgreement, party.ActiveKey.Sign(statement)))
            return;
        agreement.Accepted.Add(party.MspId);
        world.Reference.Say(new AgreementAccepted(agreement.Id, statement.Version)
        {
            At = world.Reference.Newest,
            MspId = party.MspId,
            KeyId = statement.KeyId,
        });
    }

    public static async Task LeaveAsync(HistoryWorld world, Random draw)
    {
        if (ASharedOne(world, draw, out var party) is not { } agreement || agreement.Left.Contains(party.MspId)) return;
        var statement = new NoticeStatement
        {
            Ledger = world.Ledger,
            MspId = party.MspId,
            Agreement = agreement.Id,
            EndsAt = Draws.Chance(draw, 2) ? null : world.Now + TimeSpan.FromDays(draw.Next(6, 20)),
            KeyId = party.ActiveKey!.Id,
        };
        world.Note($"{party.MspId} leaves {agreement.Id} as of {statement.EndsAt:MM-dd HH:mm}");
        if (!await world.SubmitAsync(
            party, must: null, TransactionNames.LeaveAgreement, party.ActiveKey.Sign(statement)))
            return;
        agreement.Left.Add(party.MspId);
        var soonest = world.Reference.Newest.Time + TimeSpan.FromDays(agreement.NoticeDays);
        world.Reference.Say(new NoticeGiven(
            agreement.Id, statement.EndsAt is { } asked && asked > soonest ? asked : soonest)
        {
            At = world.Reference.Newest,
            MspId = party.MspId,
            KeyId = statement.KeyId,
        });
    }

    public static void Take(HistoryWorld world, AgreementStatement terms, bool isGenuine) =>
        world.Reference.Say(new AgreementProposed(terms.Id, terms.Version, terms.Parties)
        {
            At = world.Reference.Newest,
            MspId = terms.MspId,
            KeyId = terms.KeyId,
            IsGenuine = isGenuine,
            ValidFrom = terms.ValidFrom,
            ValidUntil = terms.ValidUntil,
            Clauses =
            [
                .. terms.Clauses.Select(clause => new Clause(clause.Id)
                {
                    RecognizedBy = clause.RecognizedBy,
                    AwardedBy = clause.AwardedBy,
                    Scope = AccreditationSteps.ScopeOf(clause.Scope),
                    Credits = clause.Credits,
                    Ratio = clause.CreditRatio,
                    AccreditedOnly = clause.AccreditedOnly,
                }),
            ],
        });

    private static async Task ProposeAsync(HistoryWorld world, Actor actor, AgreementStatement terms, bool? must)
    {
        world.Note($"{actor.MspId} proposes {terms.Id} v{terms.Version} to {string.Join(", ", terms.Parties)} from "
            + $"{terms.ValidFrom:MM-dd HH:mm} until {terms.ValidUntil:MM-dd HH:mm}");
        if (!await world.SubmitAsync(
            actor, must, TransactionNames.ProposeAgreement, actor.ActiveKey!.Sign(terms)))
            return;
        var known = world.Files.Agreements.FirstOrDefault(one => one.Id == terms.Id);
        if (known is null) world.Files.Agreements.Add(known = new SharedAgreement(terms.Id) { Terms = terms });
        known.Terms = terms;
        known.Accepted.Clear();
        known.Accepted.Add(actor.MspId);
        Take(world, terms, isGenuine: true);
    }

    private static SharedAgreement? ASharedOne(HistoryWorld world, Random draw, out Actor party)
    {
        party = null!;
        var all = world.Files.Agreements;
        if (all.Count == 0) return null;
        var agreement = Draws.One(draw, all);
        var parties = agreement.Terms.Parties.Where(world.Present.Contains).Select(world.Find)
            .Where(actor => actor.ActiveKey is not null).ToList();
        if (parties.Count == 0) return null;
        party = Draws.One(draw, parties);
        return agreement;
    }

    private static AgreementClause[] ClausesOf(Random draw, IReadOnlyList<string> parties) =>
    [
        .. Enumerable.Range(0, draw.Next(1, 3)).Select(i =>
        {
            double? credits = Draws.Chance(draw, 3) ? Draws.One(draw, [2, 4.5]) : null;
            return new AgreementClause
            {
                Id = $"c{i}",
                RecognizedBy = Draws.Chance(draw, 4) ? [Draws.One(draw, parties)] : [],
                AwardedBy = Draws.Chance(draw, 4) ? [Draws.One(draw, parties)] : [],
                Scope = new AwardScope
                {
                    Levels = Draws.One<IReadOnlyList<int>>(draw, [[], [], [6, 7]]),
                    Fields = Draws.One<IReadOnlyList<string>>(draw, [[], [], ["06"]]),
                },
                Credits = credits,
                CreditRatio = credits is null ? Draws.One<double?>(draw, [null, 0.8, 0.5]) : null,
                AccreditedOnly = Draws.Chance(draw, 3),
            };
        }),
    ];
}
