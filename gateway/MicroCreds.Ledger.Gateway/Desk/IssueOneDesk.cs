using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>/desk/issue: one credential, seen as the learner will see it before it is signed.</summary>
internal static class IssueOneDesk
{
    public const string Address = DeskAnswers.Address + "/issue";

    private const int MaxFormBytes = 64 * 1024;

    public static void MapIssueOne(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/issue", Show)
            .Unaudited("An empty form shows nothing of a person.")
            .RequireAuthorization(GatewayRoles.Issuer);
        desk.MapGet("/credentials/{id}/correction", ShowCorrection)
            .Audited("credential.read", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer);
        desk.MapPost("/issue/preview", PreviewAsync)
            .Audited("credential.preview")
            .RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        desk.MapPost("/issue", IssueAsync)
            .Audited("credential.issue", AuditedRoutes.Credential)
            .RequireAuthorization(GatewayRoles.Issuer)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static IResult Show(HttpContext context, OwnAchievements achievements) => Form(
        context, achievements,
        new IssueForm { Achievement = DeskQuery.AchievementOf(context, achievements) ?? "" }, []);

    private static IResult ShowCorrection(
        string id, HttpContext context, OwnAchievements achievements, Corrections corrections)
    {
        var form = corrections.Begin(id);
        return achievements.List().Any(one => one.Id == form.Achievement)
            ? Form(context, achievements, form, [])
            : throw new ProblemException(
                ProblemKind.Conflict,
                $"{form.Achievement} is retired: nothing is issued for it any more. Revoke the credential instead.");
    }

    private static async Task<IResult> PreviewAsync(
        HttpContext context, IssuingPreview preview, OwnAchievements achievements, Corrections corrections)
    {
        var posted = await DeskAnswers.ReadFormAsync(context);
        var form = IssueForm.Of(posted);
        if (posted.ContainsKey("change")) return Form(context, achievements, form, []);

        var (previewed, faults) = await LookAsync(form, preview);
        if (faults.Count == 0)
        {
            return DeskAnswers.Page<IssuePreviewed>(
                context, Visit.Of(context), (nameof(IssuePreviewed.Form), form),
                (nameof(IssuePreviewed.Previewed), previewed),
                (nameof(IssuePreviewed.Before), corrections.ContentOf(form)));
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Form(context, achievements, form, faults);
    }

    private static async Task<IResult> IssueAsync(
        HttpContext context, CredentialIssuer issuer, IssuingPreview preview, OwnAchievements achievements,
        GatewayStore store, IssuanceStore issuances, Corrections corrections)
    {
        var posted = await DeskAnswers.ReadFormAsync(context);
        var form = IssueForm.Of(posted);
        var (_, faults) = await LookAsync(form, preview);
        if (faults.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Form(context, achievements, form, faults);
        }

        var request = form.ToRequest(out _);
        var fingerprint = RequestFingerprint.Of(
            store, form.Key, IssuanceKind.Credential, CanonicalJson.Serialize(request), isKnownByItsBody: false);
        corrections.RequireStanding(
            form.Corrects, isRepeated: issuances.FindByFingerprint(fingerprint.Fingerprint!) is not null);
        try
        {
            var caller = Caller.Require(context.User);
            var outcome = await issuer.IssueAsync(
                request, fingerprint, caller, parts: null,
                new IssuingTerms
                {
                    Due = DueForm.Read(context, posted),
                    Corrects = form.Corrects.Length > 0 ? form.Corrects : null,
                    Source = form.Corrects.Length > 0 ? new IssuanceSource { Corrects = form.Corrects } : null,
                });
            if (outcome.Held is { } held)
                return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/requests/{held.Id}?now=asked");
            if (form.Corrects.Length > 0 && outcome.Id is { } replacement)
            {
                // Whoever leaves now leaves it to be ended: both would stand else.
                await corrections.ReplaceAsync(
                    AuditTrail.OriginOf(context), caller, form.Corrects, replacement, CancellationToken.None);
                return DeskAnswers.Lead(context, $"{DeskAnswers.Address}/credentials/{replacement}?now=corrected");
            }

            return outcome.Id is { } id
                ? DeskAnswers.Lead(context, $"{DeskAnswers.Address}/credentials/{id}?now={Word(outcome.Result)}")
                : throw new ProblemException(
                    ProblemKind.Conflict, "This person's award is part of a batch that is being issued right now.");
        }
        catch (ProblemException problem) when (problem.Kind == ProblemKind.PossibleDuplicate)
        {
            // Somebody else issued to a namesake in between: look again, and decide.
            context.Response.StatusCode = problem.Kind.Status;
            return DeskAnswers.Page<IssuePreviewed>(
                context, Visit.Of(context), (nameof(IssuePreviewed.Form), form with { IsAllowed = false }),
                (nameof(IssuePreviewed.Previewed),
                    (await LookAsync(form with { IsAllowed = false }, preview)).Previewed));
        }
    }

    private static async Task<(PreviewedCredential? Previewed, IReadOnlyList<FieldFault> Faults)> LookAsync(
        IssueForm form, IssuingPreview preview)
    {
        var previewed = await preview.OfAsync(form.ToRequest(out bool isDayFaulty));
        return isDayFaulty
            ? (null, [.. previewed.Faults, new FieldFault("/validUntil", "Give a day as YYYY-MM-DD.")])
            : (previewed, previewed.Faults);
    }

    private static IResult Form(
        HttpContext context, OwnAchievements achievements, IssueForm form, IReadOnlyList<FieldFault> faults) =>
        DeskAnswers.Page<IssueOne>(
            context, Visit.Of(context), (nameof(IssueOne.Form), form), (nameof(IssueOne.Faults), faults),
            (nameof(IssueOne.Achievements), achievements.List()));

    private static string Word(IssueResult result) => result switch
    {
        IssueResult.Issued or IssueResult.Repeated => "issued",
        IssueResult.Revoked => "revoked",
        _ => "before",
    };
}
