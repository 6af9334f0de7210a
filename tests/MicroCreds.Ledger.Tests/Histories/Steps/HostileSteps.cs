using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Driving;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>What a member does past its gateway, with its own peer alone or with others who collude.</summary>
internal static class HostileSteps
{
    /// <summary>Another member sees an issuance before it is ordered, and anchors its root first.</summary>
    public static async Task FrontRunAsync(HistoryWorld world, Random draw)
    {
        var able = world.PresentActors.Where(actor => actor.ActiveKey is not null && actor.Courses.Count > 0).ToList();
        if (able.Count < 2) return;
        var victim = Draws.One(draw, able);
        var thief = Draws.One(draw, [.. able.Where(actor => actor != victim)]);
        var cohort = new Cohort(victim, Draws.One(draw, victim.Courses)) { Offset = victim.NextOffset };
        var (statement, papers) = IssuingSteps.Make(world, cohort);
        var course = Draws.One(draw, thief.Courses);
        var copied = statement with
        {
            MspId = thief.MspId,
            KeyId = thief.ActiveKey!.Id,
            StatusOffset = thief.NextOffset,
            Achievements = [new AchievementReference(course.Id, course.Version)],
        };
        world.Note($"{thief.MspId} runs before {victim.MspId}");
        if (await world.SubmitAsync(thief, must: null, TransactionNames.Issue, thief.ActiveKey.Sign(copied)))
            IssuingSteps.Take(world, new Cohort(thief, course) { Offset = 0 }, copied, isGenuine: true);
        world.Wait(TimeSpan.FromSeconds(2));
        if (!await world.SubmitAsync(victim, must: true, TransactionNames.Issue, cohort.Key.Sign(statement))) return;
        IssuingSteps.Take(world, cohort, statement, isGenuine: true);
        world.Papers.AddRange(papers);
    }

    /// <summary>A gateway that was set back hands out positions that are taken.</summary>
    public static async Task ReuseRangeAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Taken.Count > 0 && actor.Courses.Count > 0
            && actor.ActiveKey is not null) is not { } actor)
            return;
        world.Note($"{actor.MspId} was restored from an older copy");
        await IssuingSteps.IssueAsync(world, actor, new Cohort(actor, Draws.One(draw, actor.Courses))
        {
            Size = 2,
            Offset = Draws.One(draw, actor.Taken),
            Must = false,
            Remark = " (taken positions)",
        });
    }

    /// <summary>An issuer's documents say more than is published, or that another issued them.</summary>
    public static async Task MisdescribeAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnIssuer(world, draw) is not { } actor) return;
        var course = Draws.One(draw, actor.Courses);
        var another = Draws.One(draw, [.. world.Actors.Where(one => one != actor)]).Identity;
        var cohort = new Cohort(actor, course)
        {
            Offset = actor.NextOffset,
            SaidCourse = draw.Next(3) switch
            {
                0 => course with { Title = "Doctor of Medicine" },
                1 => course with { Credits = course.Credits + 100 },
                _ => null,
            },
            Remark = " (says what is not)",
        };
        if (cohort.SaidCourse is null)
            cohort = cohort with { Identity = Draws.One(draw, [another, actor.Identity with { Name = another.Name }]) };
        await IssuingSteps.IssueAsync(world, actor, cohort);
    }

    /// <summary>All but the victim write an issuance in its name, which it never signed.</summary>
    public static Task ForgeIssuanceAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Courses.Count > 0 && actor.Keys.Count > 0) is not { } victim)
            return Task.CompletedTask;
        var forger = Draws.One(draw, [.. world.PresentActors.Where(actor => actor != victim)]);

        // With a key of the forger's own under the victim's name, or with one that really was the victim's, and stolen.
        var named = Draws.One(draw, victim.Keys);
        bool isGenuine = named.IsWithdrawn;
        var key = isGenuine ? named : new ActorKey(named.Id, Actor.KeyOf("a forger's", 1));
        var cohort = new Cohort(victim, Draws.One(draw, victim.Courses))
        {
            Offset = victim.NextOffset,
            Key = key,
            IsProven = isGenuine,
            Remark = " (forged)",
        };
        var (statement, papers) = IssuingSteps.Make(world, cohort);
        var record = new Issuance
        {
            Statement = statement,
            Signature = key.Sign(statement).Signature,
            IssuedAt = world.Now,
            TransactionId = new string('f', 64),
        };
        var sender = SenderOf(draw, forger, victim);
        world.Note($"{sender.MspId} and others write an issuance in {victim.MspId}'s name");
        if (!Forge(world, sender, victim, RecordKey.Issuance(victim.MspId, statement.Root), record))
            return Task.CompletedTask;
        IssuingSteps.Take(world, cohort, statement, isGenuine, isOwn: sender == victim);
        world.Papers.AddRange(papers);
        return Task.CompletedTask;
    }

    /// <summary>All but the issuer overwrite, or write, a credential's status.</summary>
    public static Task ForgeStatusAsync(HistoryWorld world, Random draw)
    {
        var papers = world.Papers.Where(world.Statuses.IsAnchored).ToList();
        if (papers.Count == 0) return Task.CompletedTask;
        var paper = Draws.One(draw, papers);
        var others = world.PresentActors.Where(actor => actor.MspId != paper.MspId).ToList();
        if (others.Count == 0) return Task.CompletedTask;
        string state = Draws.One(draw, [CredentialState.InForce, CredentialState.Revoked]);
        var statement = IssuingSteps.StatusOf(world, paper, state, paper.KeyId);
        var forger = Draws.One(draw, others);
        var record = new Status
        {
            Statement = statement,
            Signature = new ActorKey("", Actor.KeyOf("a forger's", 1)).Sign(statement).Signature,
            ChangedAt = world.Now,
            TransactionId = new string('f', 64),
        };
        bool isThere = world.Statuses.IsOwned(paper);
        var victim = world.Find(paper.MspId);
        var sender = SenderOf(draw, forger, victim);
        world.Note($"{sender.MspId} and others write that {paper.Name} is {state}");
        bool isDone = Forge(
            world, sender, victim, RecordKey.Status(paper.MspId, paper.Root, paper.Index), record);

        // What its owner wrote once, nobody writes without it, as long as it is there.
        if (isDone && isThere && world.Present.Contains(paper.MspId))
            throw new Disagreement($"the status of {paper.Name} is changed without its issuer's peer");
        if (isDone) IssuingSteps.TakeStatus(world, statement, isGenuine: false, isOwn: sender == victim);
        return Task.CompletedTask;
    }

    /// <summary>The others accept an agreement in a party's name.</summary>
    public static Task ForgeAcceptanceAsync(HistoryWorld world, Random draw)
    {
        var open = world.Files.Agreements
            .SelectMany(one => one.Terms.Parties.Except(one.Accepted), (one, party) => (agreement: one, party))
            .Where(one => world.Find(one.party).Keys.Count > 0).ToList();
        if (open.Count == 0) return Task.CompletedTask;
        var (agreement, party) = Draws.One(draw, open);
        var others = world.PresentActors.Where(actor => actor.MspId != party).ToList();
        if (others.Count == 0) return Task.CompletedTask;
        var victim = world.Find(party);
        var statement = new AcceptanceStatement
        {
            Ledger = world.Ledger,
            MspId = party,
            Agreement = agreement.Id,
            Version = agreement.Terms.Version,
            Digest = StatementDigest.Of(agreement.Terms),
            KeyId = victim.Keys[^1].Id,
        };
        var record = new AgreementPart
        {
            Acceptance = new ActorKey("", Actor.KeyOf("a forger's", 1)).Sign(statement),
            WrittenAt = world.Now,
            TransactionId = new string('f', 64),
        };
        var sender = SenderOf(draw, others[0], victim);
        world.Note($"{sender.MspId} and others accept {agreement.Id} v{statement.Version} in {party}'s name");
        var place = RecordKey.AgreementAcceptance(agreement.Id, statement.Version, party);
        if (Forge(world, sender, victim, place, record))
        {
            world.Reference.Say(new AgreementAccepted(agreement.Id, statement.Version)
            {
                At = world.Reference.Newest,
                MspId = party,
                KeyId = statement.KeyId,
                IsGenuine = false,
                IsOwn = sender == victim,
            });
            agreement.Accepted.Add(party);
        }

        return Task.CompletedTask;
    }

    /// <summary>A member's own peer alone writes in its private collection, at whatever time, with any event.</summary>
    public static Task WritePrivatelyAsync(HistoryWorld world, Random draw)
    {
        var member = Draws.One(draw, world.Present);
        var time = draw.Next(3) switch
        {
            0 => Timestamp.FromDateTimeOffset(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            1 => new Timestamp { Seconds = world.Now.ToUnixTimeSeconds(), Nanos = 2_000_000_000 },
            _ => Timestamp.FromDateTimeOffset(world.Now),
        };
        var raised = new ChaincodeEvent
        {
            ChaincodeId = HistoryChannel.Chaincode,
            EventName = EventNames.StatusChanged,
            Payload = ByteString.CopyFromUtf8("null"),
        };
        world.Note($"{member} writes privately, dated {time}");
        world.Cut((HistoryChannel.ForgePrivate(member, time, raised.ToByteString()), [member]));
        return Task.CompletedTask;
    }

    /// <summary>An issuance and the withdrawal of its key come into one block: the order in it decides.</summary>
    public static async Task IssueBesideWithdrawalAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw, actor => actor.Courses.Count > 0 && actor.Keys.Count < 6
            && actor.ActiveKey is not null) is not { } actor)
            return;
        var cohort = new Cohort(actor, Draws.One(draw, actor.Courses)) { Offset = actor.NextOffset };
        var (statement, papers) = IssuingSteps.Make(world, cohort);
        DateTimeOffset? since = Draws.Chance(draw, 2) ? world.Now + world.Skew : null;
        var issue = await world.SimulateAsync(actor, TransactionNames.Issue, cohort.Key.Sign(statement));
        var withdraw = await world.SimulateAsync(
            actor, TransactionNames.RevokeKey, new KeyRevocation(cohort.Key.Id, since));
        bool isIssuedFirst = Draws.Chance(draw, 2);
        world.Note($"{actor.MspId} issues, and withdraws {cohort.Key.Id}, stolen since {since}, "
            + (isIssuedFirst ? "issuing first" : "withdrawing first"));
        bool[] valid = isIssuedFirst
            ? world.Cut((issue, world.Present), (withdraw, world.Present))
            : world.Cut((withdraw, world.Present), (issue, world.Present));
        if (!valid[0]) throw new Disagreement("the first of two transactions in a block must be done, and is not");
        bool isIssued = valid[isIssuedFirst ? 0 : 1], isWithdrawn = valid[isIssuedFirst ? 1 : 0];
        if (isIssued && !isIssuedFirst) throw new Disagreement("a key issues that was withdrawn before in the block");
        if (isIssued)
        {
            IssuingSteps.Take(world, cohort, statement, isGenuine: true);
            world.Papers.AddRange(papers);
        }

        if (isWithdrawn) KeySteps.Take(world, actor, cohort.Key, since);
        await KeySteps.AddAsync(world, actor);
    }

    /// <summary>A transaction is dated as its sender likes: in the past, to undo, or in the future.</summary>
    public static async Task MisdateAsync(HistoryWorld world, Random draw)
    {
        world.Skew = TimeSpan.FromMinutes(Draws.One(draw, [-3 * 365 * 24 * 60, -20, 20, 365 * 24 * 60]));
        world.Note($"the next is dated {world.Now + world.Skew:yyyy-MM-dd HH:mm}");
        world.MustRefuse = true;
        try
        {
            await (draw.Next(3) switch
            {
                0 => IssuingSteps.IssueAsync(world, draw),
                1 => AgreementSteps.LeaveAsync(world, draw),
                _ => IssuingSteps.ChangeStatusAsync(world, draw),
            });
        }
        finally
        {
            (world.Skew, world.MustRefuse) = (TimeSpan.Zero, false);
        }
    }

    /// <summary>A newer contract writes an issuance, with a member that this one and its gateways know not.</summary>
    public static Task WriteNewerAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnIssuer(world, draw) is not { } actor) return Task.CompletedTask;
        var cohort = new Cohort(actor, Draws.One(draw, actor.Courses))
        {
            Offset = actor.NextOffset,
            Remark = " (newer)",
        };
        var (statement, papers) = IssuingSteps.Make(world, cohort);
        var record = JsonNode.Parse(CanonicalJson.Serialize(new Issuance
        {
            Statement = statement,
            Signature = cohort.Key.Sign(statement).Signature,
            IssuedAt = world.Now,
            TransactionId = new string('f', 64),
        }))!.AsObject();
        record["novelty"] = "of a newer version";
        var key = RecordKey.Issuance(actor.MspId, statement.Root);
        var transaction = world.Channel.Forge(
            actor.MspId, world.Now, CompositeKey.Create(key.ObjectType, key.Attributes),
            CanonicalJson.Canonicalize(record));
        world.Note($"a newer contract writes {papers[0].Name}");
        if (!world.Cut((transaction, world.Present))[0])
            throw new Disagreement(": what all endorse must be written, and is not");
        actor.NextOffset += statement.Size;
        world.Reference.Say(new Anchored(statement.Root, statement.Size, cohort.Course.Id, cohort.Course.Version)
        {
            At = world.Reference.Newest,
            MspId = actor.MspId,
            KeyId = statement.KeyId,
            IsReadable = false,
        });
        world.Papers.AddRange(papers);
        return Task.CompletedTask;
    }

    /// <summary>The forger's client sends it, or the victim's, whose registrar acts together with them.</summary>
    private static Actor SenderOf(Random draw, Actor forger, Actor victim) =>
        Draws.Chance(draw, 2) ? victim : forger;

    private static bool Forge<T>(HistoryWorld world, Actor sender, Actor victim, RecordKey key, T record)
        where T : class
    {
        string[] colluding = [.. world.Present.Where(one => one != victim.MspId)];
        var transaction = world.Channel.Forge(
            sender.MspId, world.Now, CompositeKey.Create(key.ObjectType, key.Attributes),
            CanonicalJson.Serialize(record));
        bool isValid = world.Cut((transaction, colluding))[0];
        world.Note(isValid ? "which the policies let pass" : "which the policies refuse");
        return isValid;
    }
}
