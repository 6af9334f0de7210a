using System.Text.Json;
using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What has to be practised for an achievement, and what happens then.</summary>
public sealed record PracticeRule
{
    /// <summary>The value of <see cref="Issue"/> by which somebody at the desk decides.</summary>
    public const string Ask = "ask";

    /// <summary>
    /// The value of <see cref="Issue"/> by which the credential is issued at once to whom the institution knows: who
    /// has had mails about a credential of the same name at the same address. All others are put to the desk.
    /// </summary>
    public const string ByRule = "byRule";

    private const int MaxActivities = 20;

    /// <summary>Names it: lower-case letters, digits and inner hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The achievement: <c>id</c> for its newest version, or <c>id@version</c>.</summary>
    public required string Achievement { get; init; }

    /// <summary>The simulator in which it is practised, by its id.</summary>
    public required string Simulator { get; init; }

    /// <summary>What the scenario is called.</summary>
    public required string Title { get; init; }

    /// <summary>What learners read of it. Default is nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The activities that have to be passed or completed, all of them.</summary>
    public required IReadOnlyList<RuleActivity> Activities { get; init; }

    /// <summary>The least scaled score of each, from 0 to 1. Default is any.</summary>
    public double? LeastScore { get; init; }

    /// <summary>How often it has to be practised at least. Default is once.</summary>
    public int? LeastAttempts { get; init; }

    /// <summary>How many minutes have to be practised at least. Default is any.</summary>
    public int? LeastMinutes { get; init; }

    /// <summary><c>ask</c> or <c>byRule</c>.</summary>
    public string Issue { get; init; } = Ask;

    /// <summary>Says what is wrong with a rule, but for what it refers to.</summary>
    public static IReadOnlyList<LedgerError> Check(PracticeRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var faults = new List<LedgerError?>
        {
            ValueRules.Id(rule.Id, "/id"),
            ValueRules.Text(rule.Title, "/title"),
            rule.Description is { } text ? ValueRules.Text(text, "/description", Limits.MaxTextLength) : null,
            ValueRules.Count(rule.Activities, "/activities", 1, MaxActivities),
            ValueRules.OneOf(rule.Issue, "/issue", [Ask, ByRule]),
            rule.LeastScore is { } score ? ValueRules.Range(score, "/leastScore", 0, 1) : null,
            rule.LeastAttempts is { } attempts ? ValueRules.Range(attempts, "/leastAttempts", 1, 100) : null,
            rule.LeastMinutes is { } minutes ? ValueRules.Range(minutes, "/leastMinutes", 1, 6000) : null,
        };
        for (int i = 0; i < rule.Activities.Count; i++)
        {
            string path = $"/activities/{i}";
            if (rule.Activities[i] is not { } one)
            {
                faults.Add(ValueRules.Invalid(path, "must be an activity, not null."));
                continue;
            }

            if (!XapiValues.IsIri(one.Id) || one.Id.Length > Limits.MaxUrlLength)
                faults.Add(ValueRules.Invalid(path + "/id", $"must be an IRI of up to {Limits.MaxUrlLength} letters."));
            faults.Add(ValueRules.Text(one.Name, path + "/name"));
            faults.Add(ValueRules.OneOf(one.Must, path + "/must", RuleActivity.Musts));
        }

        return [.. faults.OfType<LedgerError>()];
    }

    /// <summary>Reads a rule that is kept.</summary>
    public static PracticeRule Of(StoredRule stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return JsonSerializer.Deserialize<PracticeRule>(stored.Content, LedgerJson.Options)!;
    }
}

/// <summary>An activity that has to be practised.</summary>
public sealed record RuleActivity
{
    /// <summary>It has to be passed.</summary>
    public const string Passed = "passed";

    /// <summary>It has to be completed, or passed.</summary>
    public const string Completed = "completed";

    /// <summary>What can be asked for.</summary>
    public static readonly string[] Musts = [Passed, Completed];

    /// <summary>Its IRI.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary><c>passed</c> or <c>completed</c>.</summary>
    public string Must { get; init; } = Passed;
}
