using System.Text.Json;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>The rules of this institution, with what they refer to. Thread-safe.</summary>
public sealed class RuleBook(
    PracticeRules rules, Simulators simulators, AchievementCatalog catalog, GatewayServiceOptions options)
{
    /// <summary>Whether learners practise here at all.</summary>
    public bool IsOpen => options.Learners.Allows(LearnerChannels.Practice);

    /// <summary>Lists what can be practised now.</summary>
    public IReadOnlyList<FoundRule> ListOpen() => IsOpen
        ? [.. rules.List().Where(one => one.EndedAt is null).Select(Found).OfType<FoundRule>()
            .Where(one => one.CanBegin)]
        : [];

    /// <summary>Lists all rules, ended ones included.</summary>
    public IReadOnlyList<FoundRule> List() => [.. rules.List().Select(Found).OfType<FoundRule>()];

    /// <summary>Finds a rule.</summary>
    public FoundRule? Find(string id) => rules.Find(id) is { } stored ? Found(stored) : null;

    /// <summary>Keeps a rule.</summary>
    /// <exception cref="ProblemException">It is not what one must be, or there is one of its id.</exception>
    public async Task<FoundRule> AddAsync(PracticeRule rule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var faults = PracticeRule.Check(rule).Select(one => new FieldFault(one.Field ?? "", one.Message)).ToList();
        if (catalog.Find(rule.Achievement, out string? reason) is null)
            faults.Add(new FieldFault("/achievement", reason!));
        if (simulators.Find(rule.Simulator) is not { WithdrawnAt: null, IsTrial: false } simulator)
        {
            faults.Add(new FieldFault(
                "/simulator", "is none that is registered here, was withdrawn, or is only tried."));
        }
        else
        {
            for (int i = 0; i < rule.Activities.Count; i++)
            {
                if (!SessionRule.Covers(simulator, rule.Activities[i].Id))
                {
                    faults.Add(new FieldFault(
                        $"/activities/{i}/id", "is none that the simulator is registered for."));
                }
            }
        }

        if (faults.Count > 0) throw ProblemException.Invalid(faults);
        string content = JsonSerializer.Serialize(rule, LedgerJson.Options);
        return await rules.AddAsync(new StoredRule(rule.Id, content, now, EndedAt: null))
            ? Find(rule.Id)!
            : throw new ProblemException(
                ProblemKind.Conflict, $"There is a rule of this id, or there are {PracticeRules.MaxRules} already.");
    }

    /// <summary>Ends a rule.</summary>
    /// <exception cref="ProblemException">There is none of this id.</exception>
    public async Task<FoundRule> EndAsync(string id, DateTimeOffset now) => await rules.EndAsync(id, now)
        ? Find(id)!
        : throw new ProblemException(ProblemKind.NotFound, "There is no rule of this id.");

    private FoundRule? Found(StoredRule stored)
    {
        var rule = PracticeRule.Of(stored);
        return simulators.Find(rule.Simulator) is { } simulator
            ? new FoundRule(rule, simulator, catalog.Find(rule.Achievement, out _), stored.CreatedAt, stored.EndedAt)
            : null;
    }
}

/// <summary>A rule with what it refers to.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Simulator">The simulator.</param>
/// <param name="Achievement">The achievement; none if nothing is issued for it any more.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="EndedAt">Until when; none while it is in force.</param>
public sealed record FoundRule(
    PracticeRule Rule, Simulator Simulator, Achievement? Achievement, DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt)
{
    /// <summary>Whether somebody can begin to practise for it.</summary>
    public bool CanBegin => EndedAt is null && Achievement is not null && CanLaunch;

    /// <summary>Whether its simulator can be opened.</summary>
    public bool CanLaunch => Simulator is { WithdrawnAt: null, Launch: not null };

    /// <summary>What it leads to, as people call it.</summary>
    public string Award => Achievement?.Name ?? Rule.Achievement;
}
