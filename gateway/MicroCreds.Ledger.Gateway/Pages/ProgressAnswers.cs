using System.Text.Json;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What /progress answers: how far a learner is, and what became of asking for the award. Thread-safe.
/// </summary>
public sealed class ProgressAnswers(
    ProjectedRecords records, LedgerProjection projection, CredentialSet set, PathwayProgress progress,
    HeldDocuments held, AwardAsking asking, MilestoneAwards milestones, PathwayPlanning planning,
    SignIn signIn, TimeProvider time)
{
    /// <summary>Shows how far what a form holds leads.</summary>
    /// <param name="context">The request.</param>
    /// <param name="entered">The form; none if it could not be read.</param>
    /// <param name="published">The pathways that can be chosen.</param>
    /// <param name="fault">Why the award was not asked for, as a key of the texts. Default is nothing.</param>
    public async Task<IResult> ShowAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published, string? fault) =>
        Show(context, await LookAsync(context, entered, published, isPlanned: false), published, fault, null);

    /// <summary>Shows what to take when, also for who has nothing yet.</summary>
    /// <inheritdoc cref="ShowAsync"/>
    public async Task<IResult> PlanAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published)
    {
        var seen = await LookAsync(context, entered, published, isPlanned: true);
        if (seen.Evaluation is null || seen.Evaluation.Complete) return Show(context, seen, published, null, null);
        var request = seen.Fields.ToRequest(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        if (seen.Fields.Faults.Count > 0) return Show(context, seen, published, null, null);
        try
        {
            var outcome = await planning.PlanAsync(seen.Pathway!, seen.File!, request, context.RequestAborted);
            return Show(context, seen, published, null, new Planned(outcome, null));
        }
        catch (ProblemException problem) when (problem.Kind != ProblemKind.Internal)
        {
            context.Response.StatusCode = problem.Kind.Status;
            return Show(context, seen, published, null, new Planned(null, FaultOfPlan(problem)));
        }
    }

    private async Task<Seen> LookAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published, bool isPlanned)
    {
        var pathway = ChosenOf(entered, published);
        var credentials = await BroughtAsync(context, entered);
        var seen = new Seen(entered, pathway, credentials, PlanFields.Of(entered));
        string? reason = entered is null ? "tooLarge"
            : pathway is null ? "noPathway"
            : credentials.Count == 0 && !isPlanned ? "empty"
            : null;
        if (reason is not null) return seen with { Reason = reason };
        try
        {
            var file = LearnersFile.Of(await set.VerifyAsync(credentials, context.RequestAborted), records);
            return seen with { File = file, Evaluation = progress.Evaluate(pathway!, file, new PathwayGoal()) };
        }
        catch (ProblemException problem)
        {
            return seen with { Reason = FaultOf(problem) };
        }
    }

    private IResult Show(
        HttpContext context, Seen seen, IReadOnlyList<Pathway> published, string? fault, Planned? planned)
    {
        var (entered, pathway, evaluation) = (seen.Entered, seen.Pathway, seen.Evaluation);
        var visit = PageVisit.Of(context, entered?["switch"].LastOrDefault() ?? entered?["lang"].LastOrDefault());
        return PageAnswers.Give<ProgressView>(
            context, visit,
            (nameof(ProgressView.Pathways), published),
            (nameof(ProgressView.Chosen), entered?["pathway"].ToString() ?? ""),
            (nameof(ProgressView.ShowsMilestones), entered?.ContainsKey("milestones") == true),
            (nameof(ProgressView.Fault), seen.Reason),
            (nameof(ProgressView.Evaluation), evaluation),
            (nameof(ProgressView.File), seen.File),
            (nameof(ProgressView.Owner), pathway is null ? ""
                : projection.Institutions.GetValueOrDefault(pathway.MspId)?.Name ?? pathway.MspId),
            (nameof(ProgressView.Award), pathway is null ? "" : records.AwardOf(pathway)),
            (nameof(ProgressView.Counted), evaluation is { Complete: true } && asking.Takes(pathway!)
                ? ProgressInput.Keep(
                    [.. new ExaminedAward(seen.File!, evaluation).Places.Select(place => seen.Credentials[place])])
                : null),
            (nameof(ProgressView.Reached), seen.File is null ? [] : milestones.Of(pathway!, seen.File)),
            (nameof(ProgressView.AskFault), fault),
            (nameof(ProgressView.Email), entered?["email"].ToString() ?? ""),
            (nameof(ProgressView.Fields), seen.Fields),
            (nameof(ProgressView.Outcome), planned?.Outcome),
            (nameof(ProgressView.PlanFault), planned?.Fault is { } key ? visit.Text[key] : null),
            (nameof(ProgressView.Kept), ProgressInput.Keep(seen.Credentials)));
    }

    /// <summary>Asks for the award, and leads the learner to where it is seen how far that is.</summary>
    /// <inheritdoc cref="ShowAsync"/>
    public Task<IResult> AskAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published) => AskAsync(
            context, entered, published, (pathway, brought, email, language, device) => asking.AskAsync(
                pathway, brought, email, language, device, context.RequestAborted));

    /// <summary>Asks for a milestone's award, and leads the learner to it.</summary>
    /// <inheritdoc cref="ShowAsync"/>
    public Task<IResult> AskForMilestoneAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published) => AskAsync(
            context, entered, published, (pathway, brought, email, language, device) => milestones.AskAsync(
                context, pathway, entered!["step"].ToString(), brought, email, language, device));

    private async Task<IResult> AskAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published, AwardAsker ask)
    {
        if (entered is null || ChosenOf(entered, published) is not { } pathway)
            return await ShowAsync(context, entered, published, fault: null);
        try
        {
            string email = entered["email"].ToString().Trim();
            var asked = await ask(
                pathway, await BroughtAsync(context, entered), email.Length > 0 ? email : null,
                PageVisit.Of(context, entered["lang"]).Text.Language, LearnerDevice.Of(context, signIn));
            return asked.Application is null
                ? await ShowAsync(context, entered, published, JsonNamingPolicy.CamelCase.ConvertName($"{asked.Fault}"))
                : PageAnswers.Lead(context, $"{ApplicationPage.Address}{asked.Secret}?now=asked");
        }
        catch (ProblemException problem) when (problem.Kind != ProblemKind.Internal)
        {
            // The page says it of the credentials themselves.
            return await ShowAsync(context, entered, published, fault: null);
        }
    }

    internal static Pathway? ChosenOf(IFormCollection? entered, IReadOnlyList<Pathway> published)
    {
        string chosen = entered?["pathway"].ToString() ?? "";
        return published.FirstOrDefault(pathway => ProgressView.KeyOf(pathway) == chosen);
    }

    internal async Task<IReadOnlyList<JsonElement>> BroughtAsync(HttpContext context, IFormCollection? entered)
    {
        if (entered is null) return [];
        var brought = await ProgressInput.ReadAsync(entered);
        return entered[ProgressPage.Mine] == "yes"
            ? [
                .. brought.Concat(await held.OfAsync(context))
                    .DistinctBy(credential => credential.GetRawText(), StringComparer.Ordinal),
            ]
            : brought;
    }

    private static string FaultOfPlan(ProblemException problem) =>
        problem.Faults.Any(fault => fault.Place == PathwayPlanning.CurrencyPlace) ? "plan.fault.currencies"
        : problem.Kind == ProblemKind.TooManyRequests ? "plan.fault.busy"
        : problem.Kind == ProblemKind.InvalidRequest ? "plan.fault.lost"
        : $"progress.{FaultOf(problem)}";

    private static string FaultOf(ProblemException problem) =>
        problem.Kind == ProblemKind.TooTangled ? "tooTangled"
        : problem.Kind == ProblemKind.LedgerUnavailable ? "unavailable"
        : "tooLarge";

    /// <summary>Asks for an award in the learner's name.</summary>
    private delegate Task<AskedAward> AwardAsker(
        Pathway pathway, IReadOnlyList<JsonElement> brought, string? email, string? language, string? device);

    /// <summary>What a form turned out to hold.</summary>
    private sealed record Seen(
        IFormCollection? Entered, Pathway? Pathway, IReadOnlyList<JsonElement> Credentials, PlanFields Fields)
    {
        /// <summary>Why it cannot be answered, as a key of the texts.</summary>
        public string? Reason { get; init; }

        public LearnersFile? File { get; init; }

        public PathwayEvaluation? Evaluation { get; init; }
    }

    /// <summary>What came of planning, or why nothing was planned, as a key of the texts.</summary>
    private sealed record Planned(PlanOutcome? Outcome, string? Fault);
}
