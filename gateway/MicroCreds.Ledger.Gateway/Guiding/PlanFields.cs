using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>What a learner entered of a plan, as it was entered.</summary>
internal sealed class PlanFields
{
    private readonly IFormCollection? _form;

    private PlanFields(IFormCollection? form) => _form = form;

    /// <summary>What became of a step, as the form says it: <see cref="Fates"/>.</summary>
    public const string Fate = "fate-";

    /// <summary>The former plan's steps, as JSON.</summary>
    public const string Before = "before";

    /// <summary>What is not to be taken when it was planned, from earlier plans, as JSON.</summary>
    public const string Left = "left";

    /// <summary>What is not to be taken at all, from earlier plans, as JSON.</summary>
    public const string Never = "never";

    /// <summary>What may have become of a step.</summary>
    public static IReadOnlyList<string> Fates { get; } = ["planned", "underway", "left", "never"];

    /// <summary>The places that cannot be read, as keys of the texts under <c>plan.fault</c>.</summary>
    public IReadOnlyList<string> Faults => _faults;

    private readonly List<string> _faults = [];

    /// <summary>Reads a form.</summary>
    /// <param name="form">The form; none gives empty fields.</param>
    public static PlanFields Of(IFormCollection? form) => new(form);

    /// <summary>What stands in a field.</summary>
    public string this[string name] => _form?[name].ToString().Trim() ?? "";

    /// <summary>Whether a language was chosen.</summary>
    public bool Speaks(string language) => _form?["languages"].Contains(language) == true;

    /// <summary>Takes what was entered as a request, without credentials; what cannot be read is a fault.</summary>
    /// <param name="today">
    /// The day on which it is asked: what goes as planned and has begun by then is underway. Default is that nothing
    /// has.
    /// </param>
    public PlanRequest ToRequest(DateOnly? today = null)
    {
        _faults.Clear();
        var before = ListOf<PlannedStep>(this[Before]).DistinctBy(step => (step.MspId, step.Achievement)).ToList();
        var fates = before.Select((step, i) => (Step: step, Fate: this[Fate + i])).ToLookup(
            item => item.Fate, item => item.Step);
        string aim = this["aim"];
        return new PlanRequest
        {
            Wish = new WishedPlan
            {
                HoursAWeek = Number("hours", isWhole: false, least: 0.01m) is { } hours ? (double)hours : null,
                Deadline = Day("deadline"),
                OnlineOnly = this["online"] == "yes",
                Languages =
                    [.. _form?["languages"].OfType<string>().Where(one => ValueRules.Language(one, "") is null) ?? []],
                MostAbroad = Number("abroad", isWhole: true, least: 0) is { } abroad ? (int)abroad : null,
                MostCost = Number("cost", isWhole: false, least: 0),
                Aim = WishedPlan.Aims.Contains(aim, StringComparer.Ordinal) ? aim : WishedPlan.Aims[0],
                Country = this["country"] is { Length: 2 } country ? country : null,
            },
            Before = before,
            Underway =
            [
                .. fates["underway"].Concat(fates["planned"].Where(step => step.First <= today && step.Last >= today))
                    .Select(step => Begun(step) with { Last = step.Last }),
            ],
            NotThen = [.. ListOf<BegunStep>(this[Left]).Concat(fates["left"].Select(Begun)).Distinct()],
            Without =
            [
                .. ListOf<AchievementName>(this[Never]).Concat(
                    fates["never"].Select(step => new AchievementName(step.MspId, step.Achievement))).Distinct(),
            ],
            Alternatives = 1,
        };
    }

    /// <summary>Writes a plan's steps so that <see cref="ToRequest"/> finds them again.</summary>
    public static string Keep(WrittenPlan plan) => JsonSerializer.Serialize(
        plan.Steps.Select(step => new PlannedStep(
            step.Take.MspId, step.Take.Achievement.Id, step.Offer.Term.First, step.Offer.Term.Last)),
        LedgerJson.Options);

    /// <summary>Writes a list so that <see cref="ToRequest"/> finds it again.</summary>
    public static string Keep<T>(IReadOnlyList<T> items) => JsonSerializer.Serialize(items, LedgerJson.Options);

    private static BegunStep Begun(PlannedStep step) => new(step.MspId, step.Achievement, step.First);

    private static IReadOnlyList<T> ListOf<T>(string json)
        where T : class
    {
        try
        {
            return json.Length == 0 ? []
                : [.. (JsonSerializer.Deserialize<T?[]>(json, LedgerJson.Options) ?? []).OfType<T>()
                    .Take(PathwayPlanning.MaxSteps)];
        }
        catch (JsonException)
        {
            // Only this gateway's own pages write it: without it, it is planned anew.
            return [];
        }
    }

    private decimal? Number(string name, bool isWhole, decimal least)
    {
        string text = this[name].Replace(',', '.');
        if (text.Length == 0) return null;
        var style = isWhole ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal number)
            && number >= least && number <= 1_000_000)
            return number;
        _faults.Add(name);
        return null;
    }

    private DateOnly? Day(string name)
    {
        if (!DayField.TryRead(this[name], isEnd: false, out var day)) _faults.Add(name);
        return day is { } read ? DateOnly.FromDateTime(read.UtcDateTime) : null;
    }
}
