using System.Text.Json;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>What /progress answers: how far a learner is, and what became of asking for the award. Thread-safe.
/// </summary>
public sealed class ProgressAnswers(
    ProjectedRecords records, LedgerProjection projection, CredentialSet set, PathwayProgress progress,
    HeldDocuments held, AwardAsking asking, SignIn signIn)
{
    /// <summary>Shows how far what a form holds leads.</summary>
    /// <param name="context">The request.</param>
    /// <param name="entered">The form; none if it could not be read.</param>
    /// <param name="published">The pathways that can be chosen.</param>
    /// <param name="fault">Why the award was not asked for, as a key of the texts. Default is nothing.</param>
    public async Task<IResult> ShowAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published, string? fault)
    {
        var visit = PageVisit.Of(context, entered?["switch"].LastOrDefault() ?? entered?["lang"].LastOrDefault());
        var pathway = ChosenOf(entered, published);
        var credentials = await BroughtAsync(context, entered);
        string? reason = entered is null ? "tooLarge"
            : pathway is null ? "noPathway"
            : credentials.Count == 0 ? "empty"
            : null;
        LearnersFile? file = null;
        PathwayEvaluation? evaluation = null;
        if (reason is null)
        {
            try
            {
                file = LearnersFile.Of(await set.VerifyAsync(credentials, context.RequestAborted), records);
                evaluation = progress.Evaluate(pathway!, file, new PathwayGoal());
            }
            catch (ProblemException problem)
            {
                reason = FaultOf(problem);
            }
        }

        return PageAnswers.Give<ProgressView>(
            context, visit,
            (nameof(ProgressView.Pathways), published),
            (nameof(ProgressView.Chosen), entered?["pathway"].ToString() ?? ""),
            (nameof(ProgressView.ShowsMilestones), entered?.ContainsKey("milestones") == true),
            (nameof(ProgressView.Fault), reason),
            (nameof(ProgressView.Evaluation), evaluation),
            (nameof(ProgressView.File), file),
            (nameof(ProgressView.Owner), pathway is null ? ""
                : projection.Institutions.GetValueOrDefault(pathway.MspId)?.Name ?? pathway.MspId),
            (nameof(ProgressView.Award), pathway is null ? "" : records.AwardOf(pathway)),
            (nameof(ProgressView.Counted), evaluation is { Complete: true } && asking.Takes(pathway!)
                ? ProgressInput.Keep(
                    [.. new ExaminedAward(file!, evaluation).Places.Select(place => credentials[place])])
                : null),
            (nameof(ProgressView.AskFault), fault),
            (nameof(ProgressView.Email), entered?["email"].ToString() ?? ""),
            (nameof(ProgressView.Kept), ProgressInput.Keep(credentials)));
    }

    /// <summary>Asks for the award, and leads the learner to where it is seen how far that is.</summary>
    /// <inheritdoc cref="ShowAsync"/>
    public async Task<IResult> AskAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published)
    {
        if (entered is null || ChosenOf(entered, published) is not { } pathway)
            return await ShowAsync(context, entered, published, fault: null);
        try
        {
            string email = entered["email"].ToString().Trim();
            var asked = await asking.AskAsync(
                pathway, await BroughtAsync(context, entered),
                email.Length > 0 ? email : null, PageVisit.Of(context, entered["lang"]).Text.Language,
                LearnerDevice.Of(context, signIn), context.RequestAborted);
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

    private static string FaultOf(ProblemException problem) =>
        problem.Kind == ProblemKind.TooTangled ? "tooTangled"
        : problem.Kind == ProblemKind.LedgerUnavailable ? "unavailable"
        : "tooLarge";
}
