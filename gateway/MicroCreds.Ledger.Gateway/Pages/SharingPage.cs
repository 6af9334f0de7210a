using System.Globalization;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /progress/sharing: what is counted of learners, and a learner's own yes or no to it. Open to anyone; what is shared
/// is shared by a press of a button alone, and taken back by another.
/// </summary>
public static class SharingPage
{
    /// <summary>Where it is.</summary>
    public const string Address = ProgressPage.Address + "/sharing";

    private const string Unaudited = "It is the learner's own, and nobody is told what learners do.";
    private const int MaxBytes = 4 * 1024;

    public static void MapSharingPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, ProgressSharing sharing) => PageAnswers.Give<SharingView>(
            context, PageVisit.Of(context),
            (nameof(SharingView.Now), context.Request.Query["now"].ToString()),
            (nameof(SharingView.Shared), sharing.SharedBy(context)))).ExcludeFromDescription();
        routes.MapPost(Address, ShareAsync).Unaudited(Unaudited).TakesCredentials();
        routes.MapPost(Address + "/withdrawal", WithdrawAsync).Costs(RouteCost.Dear).Unaudited(Unaudited)
            .TakesForm(MaxBytes).ExcludeFromDescription();
    }

    private static async Task<IResult> ShareAsync(
        HttpContext context, ProjectedPathways pathways, ProgressSharing sharing)
    {
        var entered = await ProgressPage.ReadFormAsync(context.Request);
        string now = await sharing.ShareAsync(context, entered, ProgressPage.ListOf(pathways));
        return PageAnswers.Lead(context, AddressOf(now, entered?["lang"]));
    }

    private static async Task<IResult> WithdrawAsync(HttpContext context, ProgressSharing sharing)
    {
        var form = await PageForms.ReadAsync(context);
        await sharing.WithdrawAsync(context);
        return PageAnswers.Lead(context, AddressOf("withdrawn", form["lang"]));
    }

    private static string AddressOf(string now, string? language) =>
        $"{Address}?now={now}&lang={PageText.In(language).Language}";
}

/// <summary>Keeps and forgets what a learner shares of the own progress. Thread-safe.</summary>
public sealed class ProgressSharing(
    ProgressAnswers answers, CredentialSet set, PathwayProgress progress, ProjectedRecords records,
    ProjectedPathways pathways, SharedFacts facts, SignIn signIn, TimeProvider time)
{
    private const string Purpose = "shared progress";

    /// <summary>Shares how far what a form holds leads.</summary>
    /// <returns>What became of it, as a key of the texts under <c>sharing</c>.</returns>
    public async Task<string> ShareAsync(
        HttpContext context, IFormCollection? entered, IReadOnlyList<Pathway> published)
    {
        if (entered is null || ProgressAnswers.ChosenOf(entered, published) is not { } pathway) return "nothing";
        try
        {
            var brought = await answers.BroughtAsync(context, entered);
            var file = LearnersFile.Of(await set.VerifyAsync(brought, context.RequestAborted), records);
            if (file.Earned.Count == 0) return "nothing";
            if (file.Learners > 1) return "several";

            string device = LearnerDevice.Of(context, signIn) ?? LearnerSecret.Draw();
            var evaluation = progress.Evaluate(pathway, file, new PathwayGoal());
            await facts.ShareAsync(SecretOf(device), FactsOf(pathway, evaluation, file), time.GetUtcNow());
            LearnerDevice.Keep(context, signIn, device);
            return "shared";
        }
        catch (ProblemException problem) when (problem.Kind != ProblemKind.Internal)
        {
            return "nothing";
        }
    }

    /// <summary>The titles of the pathways along which the device shares how far it is.</summary>
    public IReadOnlyList<string> SharedBy(HttpContext context) =>
        LearnerDevice.Of(context, signIn) is not { } device ? [] :
        [
            .. ProgressPage.ListOf(pathways)
                .Where(pathway => facts.IsShared(SecretOf(device), StageOf(pathway, 0)))
                .Select(pathway => pathway.Name),
        ];

    /// <summary>Forgets all that the device shared.</summary>
    public async Task WithdrawAsync(HttpContext context)
    {
        if (LearnerDevice.Of(context, signIn) is { } device) await facts.WithdrawAsync(SecretOf(device));
    }

    /// <summary>What is shared: how many groups are complete, and what came next after what. No name, no day.</summary>
    internal static IReadOnlyList<SharedFact> FactsOf(
        Pathway pathway, PathwayEvaluation evaluation, LearnersFile file)
    {
        // What another consortium awarded has a name there alone.
        var earned = file.Earned.Where(one => one.Ledger is null).OrderBy(one => one.EarnedAt)
            .DistinctBy(one => (one.Achievement.MspId, one.Achievement.Id)).ToList();
        return
        [
            StageOf(pathway, evaluation.Groups.TakeWhile(group => group.Complete).Count()),
            .. earned.Zip(earned.Skip(1))

                // What was earned on one day came in no order.
                .Where(pair => pair.First.EarnedAt.UtcDateTime.Date < pair.Second.EarnedAt.UtcDateTime.Date)
                .Select(pair => new SharedFact(
                    SharedFact.Next, NameOf(pair.First.Achievement), NameOf(pair.Second.Achievement))),
        ];
    }

    private static SharedFact StageOf(Pathway pathway, int groups) => new(
        SharedFact.Stage, ProgressView.KeyOf(pathway), groups.ToString(CultureInfo.InvariantCulture));

    private static string NameOf(Achievement achievement) => $"{achievement.MspId}/{achievement.Id}";

    private static string SecretOf(string device) => LearnerSecret.Derive(device, Purpose);
}
