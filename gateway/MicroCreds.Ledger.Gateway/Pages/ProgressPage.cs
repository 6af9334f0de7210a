using System.Text.Json;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /progress: a learner's credentials along a pathway. A form goes in and HTML comes out; nothing is kept, and there is
/// no script.
/// </summary>
public static class ProgressPage
{
    /// <summary>Where it is.</summary>
    public const string Address = "/progress";

    /// <summary>The field that says <c>yes</c> where what the visitor's device holds is meant, too.</summary>
    public const string Mine = "mine";

    public static void MapProgressPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, ProjectedPathways pathways) => PageAnswers.Give<ProgressView>(
            context, PageVisit.Of(context), (nameof(ProgressView.Pathways), ListOf(pathways))))
            .ExcludeFromDescription();
        routes.MapPost(Address, ShowAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, ProjectedPathways pathways, ProjectedRecords records, LedgerProjection projection,
        CredentialSet set, PathwayProgress progress, HeldDocuments held)
    {
        var entered = await ReadFormAsync(context.Request);
        var visit = PageVisit.Of(context, entered?["switch"].LastOrDefault() ?? entered?["lang"].LastOrDefault());
        var published = ListOf(pathways);
        string chosen = entered?["pathway"].ToString() ?? "";
        var pathway = published.FirstOrDefault(pathway => ProgressView.KeyOf(pathway) == chosen);
        IReadOnlyList<JsonElement> credentials = entered is null ? []
            : [
                .. entered[Mine] == "yes" ? await held.OfAsync(context) : [],
                .. await ProgressInput.ReadAsync(entered),
            ];
        string? fault = entered is null ? "tooLarge"
            : pathway is null ? "noPathway"
            : credentials.Count == 0 ? "empty"
            : null;
        LearnersFile? file = null;
        PathwayEvaluation? evaluation = null;
        if (fault is null)
        {
            try
            {
                file = LearnersFile.Of(await set.VerifyAsync(credentials, context.RequestAborted), records);
                evaluation = progress.Evaluate(pathway!, file, new PathwayGoal());
            }
            catch (ProblemException problem)
            {
                fault = FaultOf(problem);
            }
        }

        return PageAnswers.Give<ProgressView>(
            context, visit,
            (nameof(ProgressView.Pathways), published),
            (nameof(ProgressView.Chosen), chosen),
            (nameof(ProgressView.ShowsMilestones), entered?.ContainsKey("milestones") == true),
            (nameof(ProgressView.Fault), fault),
            (nameof(ProgressView.Evaluation), evaluation),
            (nameof(ProgressView.File), file),
            (nameof(ProgressView.Owner), pathway is null ? ""
                : projection.Institutions.GetValueOrDefault(pathway.MspId)?.Name ?? pathway.MspId),
            (nameof(ProgressView.Award), pathway is null ? "" : AwardOf(pathway, records)),
            (nameof(ProgressView.Kept), ProgressInput.Keep(credentials)));
    }

    private static string AwardOf(Pathway pathway, ProjectedRecords records) =>
        records.FindAchievement(pathway.MspId, pathway.Award.Id, pathway.Award.Version)?.Name ?? pathway.Award.Id;

    private static string FaultOf(ProblemException problem) =>
        problem.Kind == ProblemKind.TooTangled ? "tooTangled"
        : problem.Kind == ProblemKind.LedgerUnavailable ? "unavailable"
        : "tooLarge";

    /// <summary>The pathways that can be chosen.</summary>
    internal static IReadOnlyList<Pathway> ListOf(ProjectedPathways pathways) =>
        [.. pathways.List(null, null, Limits.MaxPageSize).Where(pathway => pathway.RetiredAt is null)];

    private static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;
        try
        {
            // In memory: what is entered must not touch a disk.
            return await request.ReadFormAsync(new FormOptions
            {
                MemoryBufferThreshold = CredentialSet.MaxBytes,
                ValueLengthLimit = CredentialSet.MaxBytes,
            });
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }
}
