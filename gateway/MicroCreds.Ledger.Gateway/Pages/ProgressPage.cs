using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
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
    private const string Address = "/progress";

    public static void MapProgressPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, PageFrame frame, ProjectedPathways pathways) =>
        {
            var form = new ProgressForm(PageText.Of(context.Request), ListOf(pathways));
            return frame.WriteAsync(context, PageOf(form, Html.None, "[]"));
        }).ExcludeFromDescription();
        routes.MapPost(Address, ShowAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
            .ExcludeFromDescription();
    }

    private static async Task ShowAsync(
        HttpContext context, PageFrame frame, ProjectedPathways pathways, ProjectedRecords records,
        LedgerProjection projection, CredentialSet set, PathwayProgress progress)
    {
        var entered = await ReadFormAsync(context.Request);
        var text = PageText.Of(
            context.Request, entered?["switch"].LastOrDefault() ?? entered?["lang"].LastOrDefault());
        var published = ListOf(pathways);
        string chosen = entered?["pathway"].ToString() ?? "";
        bool showsMilestones = entered?.ContainsKey("milestones") == true;
        var form = new ProgressForm(text, published) { Chosen = chosen, ShowsMilestones = showsMilestones };
        var pathway = published.FirstOrDefault(pathway => ProgressForm.NameOf(pathway) == chosen);
        var credentials = entered is null ? [] : await ProgressInput.ReadAsync(entered);
        string? fault = entered is null ? "tooLarge"
            : pathway is null ? "noPathway"
            : credentials.Count == 0 ? "empty"
            : null;
        var result = Html.None;
        if (fault is null)
        {
            try
            {
                var file = LearnersFile.Of(await set.VerifyAsync(credentials, context.RequestAborted), records);
                var evaluation = progress.Evaluate(pathway!, file, new PathwayGoal());
                string owner = projection.Institutions.GetValueOrDefault(pathway!.MspId)?.Name ?? pathway.MspId;
                result = new ProgressView(text, evaluation, file, owner, AwardOf(pathway, records))
                    .Render(showsMilestones);
            }
            catch (ProblemException problem)
            {
                fault = FaultOf(problem);
            }
        }

        if (fault is not null) result = form.Fault(fault);
        await frame.WriteAsync(context, PageOf(form, result, ProgressInput.Keep(credentials)));
    }

    private static string AwardOf(Pathway pathway, ProjectedRecords records) =>
        records.FindAchievement(pathway.MspId, pathway.Award.Id, pathway.Award.Version)?.Name ?? pathway.Award.Id;

    private static string FaultOf(ProblemException problem) =>
        problem.Kind == ProblemKind.TooTangled ? "tooTangled"
        : problem.Kind == ProblemKind.LedgerUnavailable ? "unavailable"
        : "tooLarge";

    private static Page PageOf(ProgressForm form, Html result, string kept) => new(
        form.Text, form.Text["progress.title"], form.Render(result, kept), KeepsInput: !result.IsEmpty)
    {
        Footer = form.Text["progress.footer"],
        HasScript = false,
    };

    private static IReadOnlyList<Pathway> ListOf(ProjectedPathways pathways) =>
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
