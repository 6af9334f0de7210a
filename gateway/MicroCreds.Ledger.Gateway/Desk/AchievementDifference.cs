using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What one version of an achievement says otherwise than another, in the reader's words.</summary>
internal static class AchievementDifference
{
    /// <summary>Lists the elements that differ.</summary>
    public static IReadOnlyList<(string Element, string Before, string After)> Of(
        PageText text, AchievementDefinition before, AchievementDefinition after) =>
    [
        .. Elements(text, before).Zip(Elements(text, after))
            .Where(pair => pair.First.Said != pair.Second.Said)
            .Select(pair => (pair.First.Element, Or(pair.First.Said), Or(pair.Second.Said))),
    ];

    private static string Or(string said) => said.Length == 0 ? "–" : said;

    private static IEnumerable<(string Element, string Said)> Elements(PageText text, AchievementDefinition one)
    {
        yield return (text["element.title"], one.Name);
        yield return (text["element.description"], one.Description);
        yield return (text["element.criteria"], one.Criteria);
        yield return (text["element.learningOutcomes"], string.Join(" · ", one.LearningOutcomes));
        yield return (text["desk.achievements.field.credits"], text.Number(one.Credits));
        yield return (
            text["desk.achievements.field.workloadHours"], one.WorkloadHours is { } h ? text.Number(h) : "");
        yield return (text["desk.achievements.field.eqfLevel"], $"{one.EqfLevel}");
        yield return (text["desk.achievements.field.qfEheaCycle"], Code("cycle", one.QfEheaCycle));
        yield return (text["element.language"], Code("tongue", one.Language));
        yield return (text["element.assessment"], one.Assessment);
        yield return (text["element.supervision"], Code("supervision", one.Supervision));
        yield return (text["element.participation"], Code("participation", one.Participation));
        yield return (text["element.qualityAssurance"], one.QualityAssurance);
        yield return (text["element.prerequisites"], one.Prerequisites ?? "");
        yield return (text["element.stacking"], Code("stackability", one.Stackability));
        yield return (text["desk.achievements.field.stacksInto"], one.StacksInto ?? "");
        yield return (text["element.furtherInformation"], one.FurtherInformation ?? "");
        yield return (text["element.fieldOfStudy"], one.FieldOfStudy ?? "");
        yield return (text["element.skills"], string.Join(" · ", one.Skills.Select(skill => skill.Name)));

        string Code(string list, string? code) => code is null ? "" : text.NameOf(list, code);
    }
}
