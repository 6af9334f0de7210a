using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk.Voting;

/// <summary>/desk/accreditations: who is accredited; and for an accreditor, what it grants and changes.</summary>
internal static class AccreditationDesk
{
    public const string Address = DeskAnswers.Address + "/accreditations";

    private const int MaxFormBytes = 32 * 1024;

    // Each act is noted under the name that it has in the API.
    private static readonly (string Action, string Code)[] Codes =
    [
        (AccreditationAction.Grant, "accreditation.grant"), (AccreditationAction.Narrow, "accreditation.narrowing"),
        (AccreditationAction.Suspend, "accreditation.suspension"), (AccreditationAction.Lift, "accreditation.lift"),
        (AccreditationAction.Withdraw, "accreditation.withdrawal"),
    ];

    private const string IsDraft = "Nothing is kept of it, and it is about institutions alone.";

    public static void MapAccreditations(this IEndpointRouteBuilder desk)
    {
        var all = desk.MapGroup("/accreditations");
        all.MapGet("", List);
        all.MapGet("/new", (HttpContext context, AccreditationDeskServices services) =>
            services.Form(context, new AccreditationDraft(), isPreview: false))
            .Unaudited(IsDraft).RequireAuthorization(GatewayRoles.RecognitionOfficer);
        all.MapPost("/preview", PreviewAsync).Unaudited(IsDraft).TakesForm();
        foreach (var (action, code) in Codes)
        {
            all.MapPost("/" + action, (HttpContext context, AccreditationDeskServices services) =>
                SignAsync(action, context, services)).Audited(code, "accreditation").TakesForm();
        }

        all.MapGet("/{mspId}/{accreditor}/{id}", (
            string mspId, string accreditor, string id, HttpContext context, AccreditationDeskServices services) =>
            services.Card(context, mspId, accreditor, id, context.Request.Query["now"].LastOrDefault()));
        all.MapGet("/{mspId}/{accreditor}/{id}/{action}", (
            string mspId, string accreditor, string id, string action, HttpContext context,
            AccreditationDeskServices services) =>
            services.Form(context, services.Begin(mspId, accreditor, id, action), isPreview: false))
            .Unaudited(IsDraft).RequireAuthorization(GatewayRoles.RecognitionOfficer);
    }

    private static void TakesForm(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.RecognitionOfficer)
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult List(HttpContext context, AccreditationDeskServices services)
    {
        return services.List(context, DeskQuery.SkippedOf(context, "after"));
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, AccreditationDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        return services.Form(context, AccreditationDraft.Of(form), isPreview: !form.ContainsKey("change"));
    }

    private static async Task<IResult> SignAsync(
        string action, HttpContext context, AccreditationDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var draft = AccreditationDraft.Of(form) with { Action = action };
        if (form["read"] != "yes")
            throw ProblemException.Invalid("/read", "must be confirmed: nothing is signed that was not read.");
        try
        {
            var made = await services.SignAsync(draft);
            return DeskAnswers.Lead(
                context, $"{Address}/{made.MspId}/{made.Accreditor}/{made.Id}?now={draft.Action}");
        }
        catch (Exception exception) when (ProblemTranslation.Translate(exception) is { } problem
            && (problem.Kind == ProblemKind.InvalidRequest || problem.Kind == ProblemKind.Conflict
                || problem.Kind == ProblemKind.OtherInstitution))
        {
            context.Response.StatusCode = problem.Kind.Status;
            context.Items[typeof(ProblemKind)] = problem.Kind.Name;
            return services.Form(context, draft, isPreview: true, problem);
        }
    }
}

/// <summary>What the pages of accreditations read and do. Thread-safe.</summary>
public sealed class AccreditationDeskServices(
    LedgerProjection projection, ProjectedRecords records, MemberAccreditations accreditations,
    MemberStatements statements, Endings endings, TimeProvider time)
{
    private const int ShownOnAPage = 50;

    // What ended longer ago stands in the API's list.
    private static readonly TimeSpan ShownAfterItsEnd = TimeSpan.FromDays(365);

    /// <summary>Answers with all of them.</summary>
    public IResult List(HttpContext context, int skipped)
    {
        var now = time.GetUtcNow();
        var all = projection.Shared.Accreditations.Select(Shown)
            .Where(one => one.IsInForce || one.State is AccreditationState.Suspended or AccreditationState.Absent
                || one.Since > now - ShownAfterItsEnd)
            .OrderBy(one => NameOf(one.Accreditation.MspId), StringComparer.OrdinalIgnoreCase)
            .ThenBy(one => !one.IsInForce).ThenBy(one => one.LapsesAt ?? DateTimeOffset.MaxValue).ToList();
        var accredited = all.Where(one => one.IsInForce).Select(one => one.Accreditation.MspId).ToHashSet();
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AccreditationList>(
            context, visit, (nameof(AccreditationList.Words), Words(visit)),
            (nameof(AccreditationList.IsAccreditor), accreditations.IsAccreditor),
            (nameof(AccreditationList.Items), all.Skip(skipped).Take(ShownOnAPage).ToList()),
            (nameof(AccreditationList.Next), all.Count > skipped + ShownOnAPage ? skipped + ShownOnAPage : null),
            (nameof(AccreditationList.Without), projection.Institutions.Keys.Where(mspId =>
                !accredited.Contains(mspId) && !projection.Shared.Consortium.IsAccreditor(mspId))
                .OrderBy(NameOf, StringComparer.OrdinalIgnoreCase).ToList()),
            (nameof(AccreditationList.Soon), endings.Within(Endings.DefaultDays)));
    }

    /// <summary>Answers with one.</summary>
    public IResult Card(HttpContext context, string mspId, string accreditor, string id, string? now)
    {
        var one = accreditations.Find(mspId, accreditor, id);
        var shown = Shown(one);
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AccreditationCard>(
            context, visit, (nameof(AccreditationCard.Words), Words(visit)),
            (nameof(AccreditationCard.Shown), shown), (nameof(AccreditationCard.Now), now),
            (nameof(AccreditationCard.IsOwn), accreditor == statements.MspId && accreditations.IsAccreditor),
            (nameof(AccreditationCard.Scopes), shown.State == AccreditationState.Absent
                ? [shown.Scope] : one.StandingAt(time.GetUtcNow()).Scopes));
    }

    /// <summary>Begins a change of what this institution granted.</summary>
    public AccreditationDraft Begin(string mspId, string accreditor, string id, string action)
    {
        var one = accreditations.Find(mspId, accreditor, id);
        var shown = Shown(one);
        if (accreditor != statements.MspId || !shown.Actions.Contains(action))
            throw new ProblemException(ProblemKind.Conflict, "That cannot be done to it by this institution now.");
        return new AccreditationDraft
        {
            Institution = mspId,
            Id = id,
            Action = action,
            Sequence = one.Changes.Count + 1,
            Achievements = string.Join(", ", shown.Scope.Achievements),
            Levels = [.. shown.Scope.Levels.Select(level => level.ToString(CultureInfo.InvariantCulture))],
            Fields = string.Join(", ", shown.Scope.Fields),
        };
    }

    /// <summary>Answers with the form, or with what would be signed.</summary>
    public IResult Form(
        HttpContext context, AccreditationDraft draft, bool isPreview, ProblemException? fault = null)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (!accreditations.IsAccreditor)
        {
            throw new ProblemException(
                ProblemKind.OtherInstitution, "Only accreditors accredit, whom the members admit by a ballot.");
        }

        if (!AccreditationAction.Values.Contains(draft.Action))
            throw ProblemException.Invalid("/action", "is not one of what accreditors do.");
        var now = time.GetUtcNow();
        if (isPreview && draft is { IsGrant: true, From: null })
            draft = draft with { ExactFrom = AgreementDraft.Exact(LedgerJson.ToMilliseconds(now)) };
        var faults = isPreview ? draft.Faults(now) : [];
        if (faults.Count > 0) context.Response.StatusCode = StatusCodes.Status400BadRequest;
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AccreditationForm>(
            context, visit, (nameof(AccreditationForm.Words), Words(visit)), (nameof(AccreditationForm.Draft), draft),
            (nameof(AccreditationForm.IsPreview), isPreview && faults.Count == 0),
            (nameof(AccreditationForm.Faults), faults), (nameof(AccreditationForm.Fault), fault),
            (nameof(AccreditationForm.MspId), statements.MspId),
            (nameof(AccreditationForm.Before), draft.IsGrant
                ? null : Shown(accreditations.Find(draft.Institution, statements.MspId, draft.Id))),
            (nameof(AccreditationForm.Institutions), projection.Institutions.Values
                .Where(one => one.MspId != statements.MspId)
                .OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ToList()));
    }

    /// <summary>Signs it.</summary>
    public async Task<Accreditation> SignAsync(AccreditationDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.IsGrant
            ? (await accreditations.GrantAsync(draft.ToGrant())).Record
            : await accreditations.ChangeAsync(
                draft.Institution, draft.Id, draft.Action, draft.ToChange(), draft.Sequence);
    }

    private ShownAccreditation Shown(Accreditation one) =>
        ShownAccreditation.Of(one, projection.Shared.Consortium, time.GetUtcNow());

    private string NameOf(string mspId) => projection.Institutions.GetValueOrDefault(mspId)?.Name ?? mspId;

    private TermWords Words(Visit visit) => new(visit.Text, projection, records);
}
