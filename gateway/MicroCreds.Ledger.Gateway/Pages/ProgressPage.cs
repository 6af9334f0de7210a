using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Evaluating;
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
    /// <summary>Where it is.</summary>
    public const string Address = "/progress";

    /// <summary>Where the form goes that asks for the award.</summary>
    public const string AskAddress = Address + "/application";

    /// <summary>Where the form goes that asks for a milestone's award.</summary>
    public const string MilestoneAddress = Address + "/milestone";

    /// <summary>Where the form goes that asks for a plan.</summary>
    public const string PlanAddress = Address + "/plan";

    /// <summary>The field that says <c>yes</c> where what the visitor's device holds is meant, too.</summary>
    public const string Mine = "mine";

    /// <summary>
    /// The parameter that chooses a pathway beforehand, as <see cref="ProgressView.KeyOf"/> names it.
    /// </summary>
    public const string PathwayParameter = "pathway";

    public static void MapProgressPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, ProjectedPathways pathways) => PageAnswers.Give<ProgressView>(
            context, PageVisit.Of(context), (nameof(ProgressView.Pathways), ListOf(pathways)),
            (nameof(ProgressView.Chosen), context.Request.Query[PathwayParameter].ToString())))
            .ExcludeFromDescription();
        routes.MapPost(Address, ShowAsync)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesCredentials();
        routes.MapPost(PlanAddress, PlanAsync)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .TakesCredentials(RouteCost.Batch);
        routes.MapPost(MilestoneAddress, AskForMilestoneAsync)
            .Unaudited("It is the learner's own, and nobody is told what learners do; giving the award is noted.")
            .TakesCredentials();
        routes.MapPost(AskAddress, AskAsync)
            .Unaudited("It is the learner's own, and nobody is told what learners do; deciding on it is noted.")
            .TakesCredentials();
    }

    internal static void TakesCredentials(this RouteHandlerBuilder route, int cost = RouteCost.Dear) => route
        .Costs(cost)
        .TakesParameters(PageText.LanguageParameter)
        .WithMetadata(new RequestSizeLimitAttribute(CredentialSet.MaxBytes))
        .ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(
        HttpContext context, ProjectedPathways pathways, ProgressAnswers answers) =>
        await answers.ShowAsync(context, await ReadFormAsync(context.Request), ListOf(pathways), fault: null);

    private static async Task<IResult> PlanAsync(
        HttpContext context, ProjectedPathways pathways, ProgressAnswers answers) =>
        await answers.PlanAsync(context, await ReadFormAsync(context.Request), ListOf(pathways));

    private static async Task<IResult> AskForMilestoneAsync(
        HttpContext context, ProjectedPathways pathways, ProgressAnswers answers) =>
        await answers.AskForMilestoneAsync(context, await ReadFormAsync(context.Request), ListOf(pathways));

    private static async Task<IResult> AskAsync(
        HttpContext context, ProjectedPathways pathways, ProgressAnswers answers) =>
        await answers.AskAsync(context, await ReadFormAsync(context.Request), ListOf(pathways));

    /// <summary>The pathways that can be chosen.</summary>
    internal static IReadOnlyList<Pathway> ListOf(ProjectedPathways pathways) =>
        [.. pathways.List(null, null, Limits.MaxPageSize).Where(pathway => pathway.RetiredAt is null)];

    internal static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
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
