using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Finding;

/// <summary>
/// Finds this institution's credentials by what people know of them. Mail addresses and student numbers are not kept:
/// they are found by the keyed hashes by which an award is known again. Thread-safe.
/// </summary>
public sealed class CredentialSearch(
    CredentialFinder finder, DocumentStore documents, IssuanceStore issuances, ProjectedRecords records,
    GatewayStore store, GatewayServiceOptions options)
{
    private const string IdPrefix = "urn:uuid:";
    private const int AchievementsAtATime = 500;

    private readonly ConcurrentDictionary<long, TemplateTitle> _titles = [];

    /// <summary>Finds a page.</summary>
    public async Task<SearchPage> FindAsync(SearchTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var page = await QueryOfAsync(terms) is { } query
            ? finder.Find(query, terms.State is null ? null : one => StateOf(one) == terms.State)
            : new FoundPage([], Next: null, IsCut: false);
        return new SearchPage([.. page.Items.Select(AnswerOf)], page.Next, page.IsCut);
    }

    /// <summary>What the database is asked; null if nothing can be meant.</summary>
    private async Task<CredentialQuery?> QueryOfAsync(SearchTerms terms)
    {
        var query = new CredentialQuery
        {
            From = terms.From,
            Until = terms.Until,
            After = terms.After,
            Size = terms.Size,
        };
        if (terms.Batch is { } batch)
        {
            if (issuances.Find(batch) is not { } issuance) return null;
            query = query with { Issuance = issuance.Number };
        }

        if (terms.Achievement is { } achievement)
            query = query with { Templates = TemplatesOf(achievement) };
        if (terms.Text is { } text) return await WithTextAsync(query, text);
        if (terms.Name is { } name) query = query with { Name = name };
        if (terms.Email is not null || terms.StudentNumber is not null || terms.Recipient is not null)
        {
            query = query with
            {
                Places = await PlacesOfAsync(new Recipient
                {
                    Name = "",
                    Email = terms.Email,
                    StudentNumber = terms.StudentNumber,
                    Id = terms.Recipient,
                }),
            };
        }
        else if (terms.State is CredentialState.Revoked or CredentialState.Suspended && query.Name is null)
            query = query with { Places = PlacesOf(terms.State) };

        return query.Name is { } words && NameWords.Of(words).Count == 0 ? null : query;
    }

    /// <summary>What somebody has typed into the one box: an identifier, a mail address, a number or a name.</summary>
    private async Task<CredentialQuery?> WithTextAsync(CredentialQuery query, string text)
    {
        string id = text.StartsWith(IdPrefix, StringComparison.OrdinalIgnoreCase) ? text[IdPrefix.Length..] : text;
        if (Guid.TryParse(id, out var uuid))
        {
            return documents.Find(uuid) is { } found
                ? query with { Places = [(found.Document.Issuance, found.Document.Row)] }
                : null;
        }

        if (text.Contains('@', StringComparison.Ordinal))
            return query with { Places = await PlacesOfAsync(new Recipient { Name = "", Email = text }) };
        bool isUri = text.Contains(':', StringComparison.Ordinal);
        var numbered = await PlacesOfAsync(
            new Recipient { Name = "", StudentNumber = text, Id = isUri ? text : null });
        if (numbered.Count > 0) return query with { Places = numbered };
        return NameWords.Of(text).Count > 0 ? query with { Name = text } : null;
    }

    /// <summary>Where somebody was awarded something, whichever of our achievements it was.</summary>
    private Task<HashSet<(long, int)>> PlacesOfAsync(Recipient recipient)
    {
        var asked = Achievements().Select(
            one => AwardKeys.Of(store.Secret, recipient, new AchievementReference(one.Id, one.Version))).ToList();
        return issuances.LookAsync(asked, index => asked.SelectMany(keys => keys.Identities)
            .SelectMany(index.ListOf).Select(found => (found.Issuance, found.Row)).ToHashSet());
    }

    private HashSet<(long, int)> PlacesOf(string state)
    {
        var places = new HashSet<(long, int)>();
        foreach (var one in records.ListStatuses(afterBlock: -1))
        {
            if (one.MspId == options.MspId && one.Status?.Record.Statement.State == state
                && documents.Find(one.Root, one.Index) is { } found)
                places.Add((found.Document.Issuance, found.Document.Row));
        }

        return places;
    }

    private IEnumerable<Achievement> Achievements()
    {
        RecordKey? after = null;
        while (true)
        {
            var page = records.ListAchievements(options.MspId, after, AchievementsAtATime);
            foreach (var one in page) yield return one;
            if (page.Count < AchievementsAtATime) yield break;
            after = RecordKey.Achievement(options.MspId, page[^1].Id, page[^1].Version);
        }
    }

    private List<long> TemplatesOf(string selector)
    {
        if (!AchievementSelector.TryParse(selector, out var wanted)) return [];

        return
        [
            .. documents.ListTemplates().Where(number => TitleOf(number) is { } title
                && title.Achievement.Id == wanted!.Id
                && (wanted.Version is null || title.Achievement.Version == wanted.Version)),
        ];
    }

    private TemplateTitle? TitleOf(long template)
    {
        if (_titles.TryGetValue(template, out var known)) return known;
        using var shared = JsonDocument.Parse(documents.ReadTemplate(template));
        return TitleIn(shared.RootElement.GetProperty("achievement")) is { } title ? _titles[template] = title : null;
    }

    /// <summary>An achievement's identifier ends in its name and version on the ledger.</summary>
    private static TemplateTitle? TitleIn(JsonElement achievement)
    {
        string[] parts = (achievement.GetProperty("id").GetString() ?? "").Split('/');
        return parts.Length > 2 && int.TryParse(parts[^1], CultureInfo.InvariantCulture, out int version)
            ? new TemplateTitle(
                new AchievementReference(parts[^2], version), achievement.GetProperty("name").GetString() ?? "")
            : null;
    }

    private static TemplateTitle? TitleOfWhole(StoredDocument document)
    {
        using var whole = JsonDocument.Parse(new PackedDocument(document.Kept.Bytes).Unpack());
        return TitleIn(whole.RootElement.GetProperty("credentialSubject").GetProperty("achievement"));
    }

    private string StateOf(FoundCredential one) =>
        records.FindStatus(options.MspId, one.Root, one.Document.Leaf)?.Statement.State ?? CredentialState.InForce;

    private FoundAnswer AnswerOf(FoundCredential one)
    {
        var title = one.Document.Kept.Template is { } template ? TitleOf(template) : TitleOfWhole(one.Document);
        return new FoundAnswer
        {
            Id = IdPrefix + one.Document.Id,
            Name = one.Name ?? "",
            Achievement = title?.Achievement.Id ?? "",
            Version = title?.Achievement.Version ?? 0,
            Title = title?.Title ?? "",
            State = StateOf(one),
            IssuedAt = one.IssuedAt,
            Batch = one.IssuanceKind == IssuanceKind.Batch ? one.IssuanceId : null,
            Place = $"{options.MspId}.{one.Root}.{one.Document.Leaf}",
        };
    }

    private sealed record TemplateTitle(AchievementReference Achievement, string Title);
}

/// <summary>What is known of a credential that is looked for.</summary>
public sealed record SearchTerms
{
    /// <summary>What somebody typed: an identifier, a mail address, a student number or a name.</summary>
    public string? Text { get; init; }

    /// <summary>The learner's name.</summary>
    public string? Name { get; init; }

    /// <summary>The learner's mail address.</summary>
    public string? Email { get; init; }

    /// <summary>The learner's student number.</summary>
    public string? StudentNumber { get; init; }

    /// <summary>The learner's own identifier.</summary>
    public string? Recipient { get; init; }

    /// <summary>The achievement, or one version of it.</summary>
    public string? Achievement { get; init; }

    /// <summary>The batch.</summary>
    public string? Batch { get; init; }

    /// <summary>One of <see cref="CredentialState"/>.</summary>
    public string? State { get; init; }

    /// <summary>When it was issued at the earliest.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before when it was issued.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Behind which place the page begins.</summary>
    public FoundPlace? After { get; init; }

    /// <summary>The most to find.</summary>
    public int Size { get; init; } = 50;
}

/// <summary>A page of what was found.</summary>
/// <param name="Items">What was found.</param>
/// <param name="Next">Behind which place the next page begins.</param>
/// <param name="IsCut">Whether so many have such a name that not all were looked at.</param>
public sealed record SearchPage(IReadOnlyList<FoundAnswer> Items, FoundPlace? Next, bool IsCut);

/// <summary>A credential that was found.</summary>
public sealed record FoundAnswer
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The learner's name.</summary>
    public required string Name { get; init; }

    /// <summary>The achievement's name on the ledger.</summary>
    public required string Achievement { get; init; }

    /// <summary>The achievement's version.</summary>
    public required int Version { get; init; }

    /// <summary>The achievement's title.</summary>
    public required string Title { get; init; }

    /// <summary><c>inForce</c>, <c>suspended</c> or <c>revoked</c>.</summary>
    public required string State { get; init; }

    /// <summary>The date of issuing.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The batch that it is of; none if it was issued by itself.</summary>
    public string? Batch { get; init; }

    /// <summary>Its place on the ledger.</summary>
    public required string Place { get; init; }
}
