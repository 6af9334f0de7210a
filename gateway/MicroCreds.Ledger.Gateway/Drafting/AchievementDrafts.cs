using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Drafting;

/// <summary>
/// Achievements that are written here and not yet on the ledger: kept, judged by the rules of publishing, published.
/// Thread-safe.
/// </summary>
public sealed class AchievementDrafts(
    DraftStore drafts, BadgeStore badges, ProjectedRecords records, LedgerDoor door, LedgerProjection projection,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The most characters of a draft: more than the ledger takes as one argument.</summary>
    public const int MaxContentLength = 2 * Limits.MaxArgumentBytes;

    /// <summary>Lists drafts, the newest first.</summary>
    public IReadOnlyList<AchievementDraft> List(string? before, int count) =>
        [.. drafts.List(StoredDraft.OfAchievement, before, count).Select(AchievementDraft.Of)];

    /// <summary>Finds a draft.</summary>
    public AchievementDraft? Find(string id) =>
        drafts.Find(StoredDraft.OfAchievement, id) is { } stored ? AchievementDraft.Of(stored) : null;

    /// <summary>Finds a draft that an address names.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public AchievementDraft Require(string id) => Find(id)
        ?? throw new ProblemException(
            ProblemKind.NotFound, "There is no such draft: it was published or thrown away, or never was.");

    /// <summary>Keeps what is written.</summary>
    /// <param name="id">Names the draft.</param>
    /// <param name="revision">The revision that it takes the place of; 0 for a new one.</param>
    /// <param name="content">What is written.</param>
    /// <param name="caller">Who wrote it.</param>
    /// <exception cref="ProblemException">Somebody else wrote in between, or it is too long.</exception>
    public async Task<AchievementDraft> SaveAsync(
        string id, long revision, DraftedAchievement content, Caller caller)
    {
        string json = Write(content);
        if (json.Length > MaxContentLength)
        {
            throw new ProblemException(
                ProblemKind.TooLarge, $"A draft may have {MaxContentLength} characters at most. Nothing was changed.");
        }

        var before = drafts.Find(StoredDraft.OfAchievement, id);

        // The same sent again is what is there already.
        if (before is not null && before.Content == json) return AchievementDraft.Of(before);
        var draft = new StoredDraft
        {
            Id = id,
            Kind = StoredDraft.OfAchievement,
            Content = json,
            Revision = revision,
            ChangedBy = JsonSerializer.Serialize(caller, LedgerJson.Options),
            ChangedAt = time.GetUtcNow(),
            Image = before?.Image,
            Alternative = before?.Alternative,
        };
        return await drafts.SaveAsync(draft) is { } saved
            ? AchievementDraft.Of(draft with { Revision = saved })
            : throw Changed();
    }

    /// <summary>Keeps a first form of a new version, with the picture of the one that it follows.</summary>
    /// <param name="id">Names the draft.</param>
    /// <param name="from">The version that it follows.</param>
    /// <param name="caller">Who asks for it.</param>
    public async Task<AchievementDraft> FollowAsync(string id, AchievementReference from, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(from);
        var published = from.Version < 1 ? null : records.FindAchievement(options.MspId, from.Id, from.Version);
        if (published is null) throw NoAchievement();
        var draft = await SaveAsync(
            id, 0, DraftedAchievement.Of(published, NextVersionOf(from.Id)), caller);
        if (badges.Find(from.Id, from.Version) is not { } badge || badges.FindImage(badge.Image) is not { } image)
            return draft;
        return await SetImageAsync(draft.Id, draft.Revision, image, badge.Alternative);
    }

    /// <summary>Has a draft show a picture, or none.</summary>
    /// <exception cref="ProblemException">There is no such draft, or somebody else wrote in between.</exception>
    public async Task<AchievementDraft> SetImageAsync(
        string id, long revision, BadgeImage? image, string? alternative)
    {
        Require(id);
        return await badges.SetOfDraftAsync(id, revision, image, alternative) is null ? throw Changed() : Require(id);
    }

    /// <summary>Throws a draft away.</summary>
    public async Task DeleteAsync(string id)
    {
        if (!await drafts.DeleteAsync(StoredDraft.OfAchievement, id)) Require(id);
    }

    /// <summary>Names everything that keeps it from being published; nothing if all is well.</summary>
    public IReadOnlyList<FieldFault> FaultsOf(DraftedAchievement content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var definition = content.ToDefinition();
        List<FieldFault> faults =
        [
            .. AchievementRules.Check(definition).Select(fault => new FieldFault(fault.Field ?? "", fault.Message)),
        ];
        if (faults.Count == 0 && Taken(definition) is { } taken && !IsSame(taken, definition))
        {
            faults.Add(new FieldFault(
                "/version",
                $"is taken: version {definition.Version} of {definition.Id} is on the ledger, and says otherwise. "
                + $"The next one is {NextVersionOf(definition.Id)}."));
        }

        return faults;
    }

    /// <summary>The newest published version before it; nothing if it is the first.</summary>
    public Achievement? BeforeOf(DraftedAchievement content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Id is not { Length: > 0 } id || ValueRules.Id(id, "/id") is not null) return null;
        for (int version = Math.Min(content.Version ?? 1, NextVersionOf(id)) - 1; version > 0; version--)
        {
            if (records.FindAchievement(options.MspId, id, version) is { } found) return found;
        }

        return null;
    }

    /// <summary>Publishes a draft, which goes then. Done again, it changes nothing on the ledger.</summary>
    /// <param name="id">The draft.</param>
    /// <param name="revision">The revision that was looked at.</param>
    /// <exception cref="ProblemException">It is not complete, or was changed since it was looked at.</exception>
    public async Task<Achievement> PublishAsync(string id, long revision)
    {
        var draft = Require(id);
        if (draft.Revision != revision) throw Changed();
        var faults = FaultsOf(draft.Content);
        if (faults.Count > 0) throw ProblemException.Invalid(faults);

        var committed = await door.PublishAchievementAsync(
            new Achievement(options.MspId, draft.Content.ToDefinition()), CancellationToken.None);
        await projection.WaitBrieflyAsync(committed.Block, CancellationToken.None);
        await badges.TakeOverAsync(draft.Stored, committed.Record.Id, committed.Record.Version);
        return committed.Record;
    }

    /// <summary>The version that follows all that are published.</summary>
    public int NextVersionOf(string id) => (records.FindNewestAchievement(options.MspId, id)?.Version ?? 0) + 1;

    /// <summary>Says that there is no such version.</summary>
    public static ProblemException NoAchievement() =>
        new(ProblemKind.NotFound, "This institution has published no such version of an achievement.");

    internal static string Write(DraftedAchievement content) => JsonSerializer.Serialize(content, LedgerJson.Options);

    private Achievement? Taken(AchievementDefinition definition) =>
        records.FindAchievement(options.MspId, definition.Id, definition.Version);

    private static bool IsSame(Achievement published, AchievementDefinition definition) =>
        Write(DraftedAchievement.Of(published, published.Version))
        == Write(DraftedAchievement.Of(definition, definition.Version));

    private static ProblemException Changed() => new(
        ProblemKind.Conflict,
        "Somebody changed the draft since you opened it, or it is gone: look at what it says now. "
        + "Nothing was changed.");
}

/// <summary>A draft of an achievement.</summary>
/// <param name="Stored">As it is kept.</param>
/// <param name="Content">What is written so far.</param>
public sealed record AchievementDraft(StoredDraft Stored, DraftedAchievement Content)
{
    /// <summary>Names it.</summary>
    public string Id => Stored.Id;

    /// <summary>How often it was written.</summary>
    public long Revision => Stored.Revision;

    /// <summary>Who wrote it last.</summary>
    public Caller ChangedBy => JsonSerializer.Deserialize<Caller>(Stored.ChangedBy, LedgerJson.Options)!;

    internal static AchievementDraft Of(StoredDraft stored) =>
        new(stored, LedgerJson.Deserialize<DraftedAchievement>(System.Text.Encoding.UTF8.GetBytes(stored.Content)));
}
