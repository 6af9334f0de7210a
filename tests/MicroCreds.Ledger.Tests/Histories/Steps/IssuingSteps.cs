using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Courses are published, credentials issued, suspended, reinstated, revoked.</summary>
internal static class IssuingSteps
{
    private const string List = "list-1";

    public static async Task PublishAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnActor(world, draw) is not { } actor) return;
        string id = Draws.One(draw, ["data", "law", "welding"]);
        await PublishAsync(world, actor, new Course(
            id, actor.Courses.Count(course => course.Id == id) + 1, $"Course {draw.Next(100)}",
            Draws.One(draw, [1, 2.5, 5, 7.25]), Draws.One<int?>(draw, [null, 4, 6, 7]),
            Draws.One(draw, [null, "0613", "0311", "0710"])));
    }

    public static async Task PublishAsync(HistoryWorld world, Actor actor, Course course)
    {
        if (!await world.SubmitAsync(
            actor, must: true, TransactionNames.PublishAchievement, Actor.AchievementOf(actor.MspId, course)))
            return;
        actor.Courses.Add(course);
        world.Reference.Say(new Published(course) { At = world.Reference.Newest, MspId = actor.MspId });
    }

    public static async Task IssueAsync(HistoryWorld world, Random draw)
    {
        if (Draws.AnIssuer(world, draw) is not { } actor) return;
        await IssueAsync(world, actor, new Cohort(actor, Draws.One(draw, actor.Courses))
        {
            Size = draw.Next(1, 4),
            Offset = actor.NextOffset,
        });
    }

    /// <summary>Makes credentials, anchors them and hands them out.</summary>
    public static async Task<bool> IssueAsync(HistoryWorld world, Actor actor, Cohort cohort)
    {
        var (statement, papers) = Make(world, cohort);
        bool isDone = await world.SubmitAsync(
            actor, cohort.Must, TransactionNames.Issue, cohort.Key.Sign(statement));
        if (isDone) actor.Taken.Add(cohort.Offset + cohort.Size - 1);
        if (isDone) Take(world, cohort, statement, isGenuine: true);
        else world.Note($"{papers[0].Name} … are not anchored");

        // What was refused may be shown all the same.
        if (isDone || cohort.Must != true || world.MustRefuse) world.Papers.AddRange(papers);
        return isDone;
    }

    public static void Take(
        HistoryWorld world, Cohort cohort, IssuanceStatement statement, bool isGenuine, bool isOwn = true)
    {
        cohort.Issuer.NextOffset = Math.Max(cohort.Issuer.NextOffset, statement.StatusOffset + statement.Size);
        world.Statuses.Anchor(statement.Root);
        var reference = statement.Achievements[0];
        world.Reference.Say(new Anchored(statement.Root, statement.Size, reference.Id, reference.Version)
        {
            At = world.Reference.Newest,
            MspId = statement.MspId,
            KeyId = statement.KeyId,
            IsGenuine = isGenuine,
            IsOwn = isOwn,
        });
    }

    /// <summary>Makes documents with their proofs, and the statement that anchors them.</summary>
    public static (IssuanceStatement Statement, IReadOnlyList<Paper> Papers) Make(HistoryWorld world, Cohort cohort)
    {
        var issuer = cohort.Issuer;
        var identity = cohort.Identity ?? issuer.Identity;
        var course = cohort.SaidCourse ?? cohort.Course;
        var context = new CredentialContext
        {
            ValidFrom = world.Now,
            StatusList = new StatusListRange($"https://creds.{issuer.MspId}.example".ToLowerInvariant(), issuer.MspId,
                List, cohort.Offset),
        };
        var template = new CredentialTemplate(
            Actor.AchievementOf(issuer.MspId, course), issuer.RecordOf(identity), context);
        var credentials = Enumerable.Range(0, cohort.Size).Select(leaf => template.Fill(
            new CredentialRequest { Achievement = course.Id, Recipient = new Recipient { Name = $"Learner {leaf}" } },
            leaf, [])).ToArray();
        var tree = MerkleTree.Build([.. credentials.Select(credential => credential.LeafHash())]);
        string root = Convert.ToHexStringLower(tree.Root);
        var signer = new CredentialSigner(cohort.Key.Private, identity.Did, cohort.Key.Id, world.Now);
        var papers = credentials.Select((credential, i) =>
        {
            byte[] document = signer.Complete(credential, new LedgerAnchorDocument
            {
                Ledger = world.Ledger,
                MspId = issuer.MspId,
                Root = root,
                Index = i,
                Size = tree.Size,
                Path = [.. tree.ProofFor(i).Select(hash => Convert.ToHexStringLower(hash))],
                TransactionId = new string('a', 64),
                KeyId = cohort.Key.Id,
            });
            return new Paper
            {
                Name = $"{issuer.MspId}/{root[..6]}.{i}{cohort.Remark}",
                Document = document,
                MspId = issuer.MspId,
                Did = identity.Did,
                IssuerName = identity.Name,
                Course = course,
                Root = root,
                Index = i,
                KeyId = cohort.Key.Id,
                Ledger = world.Ledger,
                List = List,
                Position = PositionIn(document),
                MadeAt = world.Now,
                IsProven = cohort.IsProven,
            };
        }).ToList();
        return (
            new IssuanceStatement
            {
                Ledger = world.Ledger,
                MspId = issuer.MspId,
                Root = root,
                Size = cohort.Size,
                Achievements = [new AchievementReference(cohort.Course.Id, cohort.Course.Version)],
                KeyId = cohort.Key.Id,
                StatusList = List,
                StatusOffset = cohort.Offset,
            },
            papers);
    }

    /// <summary>Suspends, reinstates or revokes one's own credential.</summary>
    public static async Task ChangeStatusAsync(HistoryWorld world, Random draw)
    {
        var papers = world.Papers.Where(paper => world.Present.Contains(paper.MspId) && world.Statuses.IsAnchored(paper)
            && world.Find(paper.MspId).ActiveKey is not null && paper.IsInTree).ToList();
        if (papers.Count == 0) return;
        var paper = Draws.One(draw, papers);
        string was = world.Statuses.StateOf(paper);
        string state = was switch
        {
            CredentialState.InForce => Draws.One(draw, [CredentialState.Suspended, CredentialState.Revoked]),
            CredentialState.Suspended => Draws.One(draw, [CredentialState.InForce, CredentialState.Revoked]),
            _ => Draws.One(draw, [CredentialState.InForce, CredentialState.Suspended]),
        };
        await SetStatusAsync(world, paper, state, must: was != CredentialState.Revoked);
    }

    public static async Task SetStatusAsync(HistoryWorld world, Paper paper, string state, bool must)
    {
        var actor = world.Find(paper.MspId);
        var statement = StatusOf(world, paper, state, actor.ActiveKey!.Id);
        world.Note($"{paper.Name} → {state}");
        if (!await world.SubmitAsync(actor, must, TransactionNames.SetStatus, actor.ActiveKey.Sign(statement))) return;
        TakeStatus(world, statement, isGenuine: true);
    }

    public static StatusStatement StatusOf(HistoryWorld world, Paper paper, string state, string keyId) => new()
    {
        Ledger = world.Ledger,
        MspId = paper.MspId,
        Root = paper.Root,
        Index = paper.Index,
        Sequence = world.Statuses.CountOf(paper) + 1,
        State = state,
        Reason = state switch
        {
            CredentialState.Revoked => StatusReason.Other,
            CredentialState.Suspended => StatusReason.UnderReview,
            _ => null,
        },
        KeyId = keyId,
    };

    public static void TakeStatus(
        HistoryWorld world, StatusStatement statement, bool isGenuine, bool isOwn = true)
    {
        world.Statuses.Take(statement, isGenuine);
        world.Reference.Say(new StatusSaid(statement.Root, statement.Index, statement.State)
        {
            At = world.Reference.Newest,
            MspId = statement.MspId,
            KeyId = statement.KeyId,
            IsGenuine = isGenuine,
            IsOwn = isOwn,
        });
    }

    private static int PositionIn(byte[] document) => int.Parse(
        (string)JsonNode.Parse(document)!["credentialStatus"]!["statusListIndex"]!, CultureInfo.InvariantCulture);
}

/// <summary>Credentials that are about to be issued together, and what is wrong with them.</summary>
internal sealed record Cohort(Actor Issuer, Course Course)
{
    public int Size { get; init; } = 1;

    public required int Offset { get; init; }

    public ActorKey Key { get; init; } = Issuer.ActiveKey!;

    public bool? Must { get; init; } = true;

    /// <summary>What the documents say of the course, where it is not what is published.</summary>
    public Course? SaidCourse { get; init; }

    /// <summary>Who they say that the issuer is, where it is not who it is.</summary>
    public InstitutionIdentity? Identity { get; init; }

    public bool IsProven { get; init; } = true;

    public string Remark { get; init; } = "";
}
