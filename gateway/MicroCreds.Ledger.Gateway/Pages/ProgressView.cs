using System.Globalization;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>How far a learner is along a pathway, as bars, a timeline and next steps.</summary>
/// <param name="text">The language.</param>
/// <param name="evaluation">How far.</param>
/// <param name="file">What became of each credential.</param>
/// <param name="owner">The name of the institution that owns the pathway.</param>
/// <param name="award">What the pathway leads to.</param>
internal sealed class ProgressView(
    PageText text, PathwayEvaluation evaluation, LearnersFile file, string owner, string award)
{
    private const int MaxSuggestions = 3;

    public Html Render(bool showsMilestones) => $"""
        <section id="result" class="along" tabindex="-1" aria-labelledby="pathway-title">
        <div class="headline">
        <h2 id="pathway-title"><bdi>{evaluation.Pathway.Name}</bdi></h2>
        <p>{text.Fill("progress.by", ("institution", owner))} · {text.Fill("progress.award", ("award", award))}</p>
        {Bar(evaluation.Credits)}
        <p class="sum">{Sum(evaluation.Credits)}</p>
        {Notes()}
        </div>
        <section aria-labelledby="groups-title">
        <h3 id="groups-title">{text["progress.groups"]}</h3>
        <ul class="groups">{evaluation.Groups.Select(Group)}</ul>
        </section>
        {Timeline()}
        {(showsMilestones ? Milestones() : Html.None)}
        {Steps()}
        {Way()}
        {Excluded()}
        </section>
        """;

    private string Sum(Progress credits) => credits.Required is { } required
        ? text.Fill("progress.of", ("counted", text.Number(credits.Counted)), ("required", text.Number(required)))
        : text.Fill("progress.credits", ("counted", text.Number(credits.Counted)));

    private Html Notes()
    {
        var notes = new List<string>();
        if (evaluation.Complete) notes.Add(text.Fill("progress.done", ("institution", owner)));
        if (evaluation.FinishBy is { } end && !evaluation.Complete)
            notes.Add(text.Fill("progress.finishBy", ("date", text.Date(end))));
        if (file.Learners > 1) notes.Add(text["progress.several"]);
        return Html.Join(notes.Select(Html (note) => $"<p class=\"remark\">{note}</p>"));
    }

    /// <summary>A bar that stands as a picture of the words beside it, also on paper.</summary>
    private static Html Bar(Progress progress)
    {
        double part = progress.Required is > 0 and { } required ? Math.Min(1, progress.Counted / required)
            : progress.Missing > 0 ? 0
            : 1;
        string width = (100 * part).ToString("0.#", CultureInfo.InvariantCulture);
        string tone = part >= 1 ? "full" : "part";
        return $"""
            <svg class="bar-chart {tone}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="4"/><rect class="fill" width="{width}" height="4"/>
            </svg>
            """;
    }

    private Html Group(GroupProgress group)
    {
        bool isByCredits = group.Credits.Required is > 0 || group.Count.Required is null;
        string sum = isByCredits ? Sum(group.Credits) : text.Fill(
            "progress.count",
            ("counted", text.Number(group.Count.Counted)),
            ("required", text.Number(group.Count.Required!.Value)));
        return $"""
            <li class="{(group.Complete ? "full" : "part")}">
            <h4><bdi>{group.Name}</bdi></h4>
            {Bar(isByCredits ? group.Credits : group.Count)}
            <p>{sum}{(group.Complete ? $" · {text["progress.complete"]}" : "")}</p>
            {Missing(group)}
            </li>
            """;
    }

    private Html Missing(GroupProgress group)
    {
        var lines = new List<string>();
        if (group.MissingItems.Count > 0)
            lines.Add(text.Fill("progress.missing", ("names", Listed(group.MissingItems.Select(TitleOf)))));
        if (group.WaitingFor.Count > 0)
            lines.Add(text.Fill("progress.waiting", ("names", Listed(group.WaitingFor.Select(NameOf)))));
        return Html.Join(lines.Select(Html (line) => $"<p class=\"hint\">{line}</p>"));
    }

    private Html Timeline()
    {
        var counted = evaluation.Groups.SelectMany(group => group.Counted.Select(one => (group, one)))
            .OrderBy(item => item.one.EarnedAt).ToList();
        return $"""
            <section aria-labelledby="timeline-title">
            <h3 id="timeline-title">{text["progress.timeline"]}</h3>
            {(counted.Count == 0 ? (Html)$"<p>{text["progress.nothing"]}</p>" : (Html)$"""
                <ol class="timeline">{counted.Select(item => Moment(item.group, item.one))}</ol>
                """)}
            </section>
            """;
    }

    private Html Moment(GroupProgress group, Counted one)
    {
        string credits = text.Fill("progress.counts", ("credits", text.Number(one.Credits)), ("group", group.Name));
        string agreement = one.Agreement is not { } use ? "" : ", " + text.Fill(
            "progress.agreement",
            ("id", use.Id),
            ("version", use.Version.ToString(CultureInfo.InvariantCulture)));
        return $"""
            <li><p class="when">{text.Date(one.EarnedAt)}</p><p><strong><bdi>{one.Name}</bdi></strong></p>
            <p class="hint">{credits}{agreement}</p></li>
            """;
    }

    private Html Milestones() => $"""
        <section aria-labelledby="milestones-title">
        <h3 id="milestones-title">{text["progress.milestonesTitle"]}</h3>
        <ul class="milestones">{evaluation.Milestones.Select(Milestone)}</ul>
        </section>
        """;

    private Html Milestone(Milestone milestone)
    {
        string name = text.Find($"milestone.{milestone.Code}") is null
            ? milestone.Name : text.Fill($"milestone.{milestone.Code}", ("name", milestone.Name));
        string when = milestone.ReachedAt is { } at
            ? text.Fill("progress.reached", ("date", text.Date(at))) : text["progress.ahead"];
        return $"""
            <li class="{(milestone.ReachedAt is null ? "ahead" : "reached")}"><strong>{name}</strong>, {when}</li>
            """;
    }

    private Html Steps() => evaluation.Suggestions.Count == 0 ? Html.None : $"""
        <section aria-labelledby="steps-title">
        <h3 id="steps-title">{text["progress.steps"]}</h3>
        <ol class="steps">{evaluation.Suggestions.Take(MaxSuggestions).Select(Step)}</ol>
        </section>
        """;

    private Html Step(NextStep step)
    {
        string group = NameOf(step.Group);
        var reasons = step.Reasons.Select(reason => text.Find($"suggestion.{reason.Code}") is null
            ? reason.Detail : text.Fill($"suggestion.{reason.Code}", ("group", group))).Distinct();
        return $"""
            <li><strong><bdi>{step.Take.Name}</bdi></strong>
            <p class="hint">{text.Fill("progress.step", ("credits", text.Number(step.CountsAs)), ("group", group))}</p>
            <p>{string.Join(" · ", reasons)}</p></li>
            """;
    }

    private Html Way() => evaluation.Ways.Count == 0 ? Html.None : $"""
        <section aria-labelledby="way-title">
        <h3 id="way-title">{text["progress.way"]}</h3>
        <p>{text.Fill("progress.wayCredits", ("credits", text.Number(evaluation.Ways[0].Credits)))}</p>
        <ol class="steps">{evaluation.Ways[0].Steps.Select(WayStep)}</ol>
        </section>
        """;

    private Html WayStep(WayStep step) => $"""
        <li><strong><bdi>{step.Take.Name}</bdi></strong>{Instead(step)}</li>
        """;

    private Html Instead(WayStep step) => step.OrInstead.Count == 0 ? Html.None : $"""
        <p class="hint">{text.Fill("progress.orInstead", ("names", Listed(step.OrInstead.Select(one => one.Name))))}</p>
        """;

    private Html Excluded()
    {
        var lines = evaluation.NotCounted
            .Select(one => (one.Name, Reason: text.Find($"notCounted.{one.Reason}") ?? one.Detail))
            .Concat(file.Credentials.Where(one => !one.IsTaken).Select(one => (
                Name: one.Id ?? $"#{one.Index + 1}", Reason: ReasonOf(one.Reason))))
            .ToList();
        return lines.Count == 0 ? Html.None : $"""
            <section aria-labelledby="not-title">
            <h3 id="not-title">{text["progress.not"]}</h3>
            <ul>{lines.Select(Html (line) => $"<li><bdi>{line.Name}</bdi>: {line.Reason}</li>")}</ul>
            </section>
            """;
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    /// <summary>Why a credential was not looked at: a text that needs no more facts, or else the general one.</summary>
    private string ReasonOf(string? code) =>
        text.Find($"notCounted.{code}")
        ?? text.TryFill($"code.{code}", new Dictionary<string, string>())
        ?? text["notCounted.invalid"];

    /// <summary>The title of what is missing, where a suggestion or a way has it.</summary>
    private string TitleOf(PathwayItem item) => evaluation.Suggestions.Select(step => step.Take)
        .Concat(evaluation.Ways.SelectMany(way => way.Steps).Select(step => step.Take))
        .FirstOrDefault(take => take.MspId == item.MspId && take.Achievement.Id == item.Id)?.Name ?? item.Id;

    private string NameOf(string group) => evaluation.Groups.FirstOrDefault(g => g.Id == group)?.Name ?? group;
}
