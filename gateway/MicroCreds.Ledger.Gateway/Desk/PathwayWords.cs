using System.Globalization;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Says what a pathway asks for, in the reader's language and with the names that people know.</summary>
/// <param name="text">The language.</param>
/// <param name="pathway">The pathway.</param>
/// <param name="records">Where the names of achievements are.</param>
/// <param name="projection">Where the names of institutions are.</param>
public sealed class PathwayWords(
    PageText text, Pathway pathway, ProjectedRecords records, LedgerProjection projection)
{
    /// <summary>The language.</summary>
    public PageText Text => text;

    /// <summary>The pathway.</summary>
    public Pathway Pathway => pathway;

    /// <summary>What it leads to.</summary>
    public string Award =>
        records.FindDefinition(pathway.MspId, pathway.Award)?.Name ?? $"{pathway.Award.Id}";

    /// <summary>The groups, each behind those that come first.</summary>
    public IReadOnlyList<PathwayGroup> Groups => [.. pathway.Groups.OrderBy(group => DepthOf(group, depth: 0))];

    /// <summary>What must count over all groups, and how it is limited.</summary>
    public IEnumerable<string> Whole
    {
        get
        {
            yield return text.Fill("desk.pathways.credits", ("credits", text.Number(pathway.Credits)));
            if (pathway.EqfLevel is { } level) yield return text.Fill("element.eqf", ("level", Number(level)));
            if (pathway.NotOlderThanMonths is { } months)
                yield return text.Fill("desk.pathways.notOlder", ("months", Number(months)));
            if (pathway.WithinMonths is { } within)
                yield return text.Fill("desk.pathways.within", ("months", Number(within)));
            if (pathway.MaxRecognizedCredits is { } most)
                yield return text.Fill("desk.pathways.recognized", ("credits", text.Number(most)));
        }
    }

    /// <summary>What an institution is called.</summary>
    public string NameOf(string mspId) => projection.Institutions.GetValueOrDefault(mspId)?.Name ?? mspId;

    /// <summary>What an achievement is called, and whose it is if it is another's.</summary>
    public string NameOf(PathwayItem item)
    {
        string name = records.FindNewestAchievement(item.MspId, item.Id)?.Name ?? item.Id;
        return item.MspId == pathway.MspId ? name : $"{name} · {NameOf(item.MspId)}";
    }

    /// <summary>What a group asks for, a phrase each.</summary>
    public IEnumerable<string> RulesOf(PathwayGroup group)
    {
        yield return text[$"desk.pathways.rule.{group.Rule}"];
        if (group.MinCount is { } count) yield return text.Fill("desk.pathways.minCount", ("count", Number(count)));
        if (group.MaxCount is { } most) yield return text.Fill("desk.pathways.maxCount", ("count", Number(most)));
        if (group.MinCredits is { } credits)
            yield return text.Fill("desk.pathways.minCredits", ("credits", text.Number(credits)));
        if (group.MaxCredits is { } cap)
            yield return text.Fill("desk.pathways.maxCredits", ("credits", text.Number(cap)));
        if (group.MinLevel is { } level) yield return text.Fill("desk.pathways.minLevel", ("level", Number(level)));
        if (group.NotOlderThanMonths is { } months)
            yield return text.Fill("desk.pathways.notOlder", ("months", Number(months)));
    }

    /// <summary>What may be chosen in a group beside what it names; nothing if nothing else.</summary>
    public string? PoolOf(PathwayGroup group) => group.Pool switch
    {
        null => null,
        { Fields.Count: 0, MspIds.Count: 0 } => text["desk.pathways.pool.any"],
        { Fields.Count: 0 } pool => text.Fill("desk.pathways.pool.institutions", ("names", Names(pool))),
        { MspIds.Count: 0 } pool => text.Fill("desk.pathways.pool.fields", ("fields", string.Join(", ", pool.Fields))),
        { } pool => text.Fill(
            "desk.pathways.pool.both", ("fields", string.Join(", ", pool.Fields)), ("names", Names(pool))),
    };

    /// <summary>Which groups come first.</summary>
    public string? AfterOf(PathwayGroup group) => group.After.Count == 0 ? null
        : text.Fill("desk.pathways.after", ("names", string.Join(", ", group.After.Select(
            id => pathway.Groups.FirstOrDefault(one => one.Id == id)?.Name ?? id))));

    private string Names(PathwayPool pool) => string.Join(", ", pool.MspIds.Select(NameOf));

    // The contract refuses circles; a limit keeps the page from one that came from elsewhere.
    private int DepthOf(PathwayGroup group, int depth) =>
        group.After.Count == 0 || depth > Limits.MaxPathwayGroups ? 0
            : 1 + group.After.Select(id => pathway.Groups.FirstOrDefault(one => one.Id == id))
                .OfType<PathwayGroup>().Select(one => DepthOf(one, depth + 1)).DefaultIfEmpty(0).Max();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
