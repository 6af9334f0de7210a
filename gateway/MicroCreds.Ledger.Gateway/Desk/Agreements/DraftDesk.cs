using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>
/// /desk/agreements/new and …/amendment: an agreement is written, seen whole as it would be signed, and signed.
/// </summary>
internal static class DraftDesk
{
    private const int MaxFormBytes = 512 * 1024;
    private const string IsDraft = "Nothing is kept of a draft, and it is about institutions alone.";

    public static void MapAgreementDrafts(this IEndpointRouteBuilder all)
    {
        all.MapGet("/new", Begin).Unaudited(IsDraft).RequireAuthorization(GatewayRoles.RecognitionOfficer);
        all.MapGet("/{id}/amendment", Amend).Unaudited(IsDraft)
            .RequireAuthorization(GatewayRoles.RecognitionOfficer);
        all.MapPost("/draft", ContinueAsync).Unaudited(IsDraft).TakesDraft();
        all.MapPost("", (HttpContext context, DraftDeskServices services) => SignAsync(null, context, services))
            .Audited("agreement.propose", "agreement").TakesDraft();
        all.MapPost("/{id}/versions", SignAsync).Audited("agreement.amend", "agreement").TakesDraft();
    }

    private static void TakesDraft(this RouteHandlerBuilder route) => route
        .RequireAuthorization(GatewayRoles.RecognitionOfficer)
        .TakesParameters(PageText.LanguageParameter).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));

    private static IResult Begin(HttpContext context, DraftDeskServices services)
    {
        string[] parties = [.. context.Request.Query["party"].OfType<string>().Where(services.IsKnown)];
        return services.Form(context, new AgreementDraft
        {
            Parties = [.. parties.Append(services.MspId).Distinct().Order(StringComparer.Ordinal)],
            Open = parties.Length > 0 ? new ClauseDraft() : null,
        }, []);
    }

    private static IResult Amend(string id, HttpContext context, DraftDeskServices services) =>
        services.Form(context, services.BeginAmendment(id), []);

    private static async Task<IResult> ContinueAsync(HttpContext context, DraftDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        if (form.ContainsKey("terms"))
        {
            var terms = TermsOf(form);
            return services.Form(
                context, AgreementDraft.Of(terms, form["agreement"].ToString(), VersionOf(form)), []);
        }

        var draft = AgreementDraft.Of(form);
        draft = draft with
        {
            Parties = [.. draft.Parties.Where(services.IsKnown).Append(services.MspId).Distinct()
                .Order(StringComparer.Ordinal)],
        };
        string wanted = form["do"].FirstOrDefault() ?? "";
        var faults = new List<FieldFault>();
        if (wanted == "drop") draft = draft with { Open = null };
        else if (wanted != "offer") draft = draft.Keep(services.Records, faults);
        if (faults.Count == 0)
            draft = services.Do(draft, wanted);
        if (faults.Count > 0 || wanted != "preview") return services.Form(context, draft, faults);

        var proposal = draft.ToProposal(services.Now, faults);
        return faults.Count > 0
            ? services.Form(context, draft, faults)
            : services.Preview(context, draft.Agreement, draft.Version, proposal, fault: null);
    }

    private static async Task<IResult> SignAsync(string? id, HttpContext context, DraftDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        var terms = TermsOf(form);
        int version = id is null ? 1 : VersionOf(form);
        if (form["read"] != "yes")
            throw ProblemException.Invalid("/read", "must be confirmed: nothing is signed that was not read.");
        try
        {
            string name = id ?? OwnedName.Of(services.MspId, terms.Id ?? "");
            await services.Agreements.ProposeAsync(name, version, terms);
            string now = id is null ? "proposed" : "amended";
            return DeskAnswers.Lead(
                context, $"{AgreementDesk.Address}/{Uri.EscapeDataString(name)}?version={version}&now={now}");
        }
        catch (Exception exception) when (ProblemTranslation.Translate(exception) is { } problem
            && (problem.Kind == ProblemKind.InvalidRequest || problem.Kind == ProblemKind.Conflict
                || problem.Kind == ProblemKind.LedgerUnavailable || problem.Kind == ProblemKind.OutcomeUnknown))
        {
            // What was written is not lost: it stands there still, with the reason, to be changed or sent again.
            context.Response.StatusCode = problem.Kind.Status;
            context.Items[typeof(ProblemKind)] = problem.Kind.Name;
            return services.Preview(context, id ?? "", version, terms, problem);
        }
    }

    private static AgreementProposal TermsOf(IFormCollection form) =>
        LedgerJson.Deserialize<AgreementProposal>(Encoding.UTF8.GetBytes(form["terms"].ToString()));

    private static int VersionOf(IFormCollection form) => int.TryParse(
        form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out int version)
        ? version : throw ProblemException.Invalid("/version", "must be a version's number.");
}

/// <summary>What the pages of a draft read. Thread-safe.</summary>
public sealed class DraftDeskServices(
    LedgerProjection projection, MemberAgreements agreements, ProjectedRecords records,
    GatewayServiceOptions options, TimeProvider time)
{
    // Of more than these the identifiers are written: a page must stay one that can be read.
    private const int MaxOffered = 150;

    /// <summary>The institution.</summary>
    public string MspId => options.MspId;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The achievements.</summary>
    public ProjectedRecords Records => records;

    /// <summary>The institution's part in agreements.</summary>
    public MemberAgreements Agreements => agreements;

    /// <summary>Whether an institution is on the ledger.</summary>
    public bool IsKnown(string mspId) => projection.Institutions.ContainsKey(mspId);

    /// <summary>Begins an amendment with the terms that are newest.</summary>
    public AgreementDraft BeginAmendment(string id)
    {
        var agreement = agreements.Find(id);
        var newest = agreement.Newest.Terms;
        if (newest.Abroad is { } abroad)
        {
            throw new ProblemException(
                ProblemKind.Conflict,
                $"What is agreed with {abroad.Name} is amended by programs: POST /v1/agreements/{id}/versions.");
        }

        return newest.Parties.Contains(MspId) && agreement.LeavesAt(MspId) is null
            ? AgreementDraft.Of(
                AgreementProposal.Of(newest) with
                {
                    Id = null,
                    Parties = [.. newest.Parties.Where(party => agreement.LeavesAt(party) is null)],
                },
                id, newest.Version + 1)
            : throw new ProblemException(
                ProblemKind.Conflict, "Only a party that has not left amends an agreement.");
    }

    /// <summary>Opens or removes a clause, as a button says.</summary>
    public AgreementDraft Do(AgreementDraft draft, string wanted)
    {
        ArgumentNullException.ThrowIfNull(draft);
        string[] parts = wanted.Split(' ');
        bool isClause = parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < draft.Clauses.Count;
        int chosen = isClause ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return parts[0] switch
        {
            "add" => draft with { Open = new ClauseDraft() },
            "edit" when isClause => draft with { Open = ClauseDraft.Of(draft.Clauses[chosen], chosen) },
            "remove" when isClause => draft with
            {
                Clauses = [.. draft.Clauses.Where((_, i) => i != chosen)],
            },
            _ => draft,
        };
    }

    /// <summary>Answers with the form.</summary>
    public IResult Form(HttpContext context, AgreementDraft draft, IReadOnlyList<FieldFault> faults)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (faults.Count > 0) context.Response.StatusCode = StatusCodes.Status400BadRequest;
        var visit = Visit.Of(context);
        return DeskAnswers.Page<AgreementForm>(
            context, visit, (nameof(AgreementForm.Draft), draft), (nameof(AgreementForm.Faults), faults),
            (nameof(AgreementForm.Words), new TermWords(visit.Text, projection, records)),
            (nameof(AgreementForm.Institutions), projection.Institutions.Values
                .OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ToList()),
            (nameof(AgreementForm.Statement), StatementOf(draft)), (nameof(AgreementForm.Bound), BoundOf(draft)),
            (nameof(AgreementForm.Offered), Offered(draft)), (nameof(AgreementForm.MspId), MspId));
    }

    /// <summary>Answers with all that would be signed.</summary>
    public IResult Preview(
        HttpContext context, string agreement, int version, AgreementProposal proposal, ProblemException? fault)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var visit = Visit.Of(context);
        string id = agreement.Length > 0 ? agreement : OwnedName.Of(MspId, proposal.Id ?? "");
        var before = agreement.Length > 0 ? agreements.Find(agreement) : null;
        return DeskAnswers.Page<AgreementPreviewed>(
            context, visit, (nameof(AgreementPreviewed.Words), new TermWords(visit.Text, projection, records)),
            (nameof(AgreementPreviewed.Before), (before?.Accepted ?? before?.Newest)?.Terms),
            (nameof(AgreementPreviewed.Proposal), proposal), (nameof(AgreementPreviewed.Agreement), agreement),
            (nameof(AgreementPreviewed.Fault), fault),
            (nameof(AgreementPreviewed.Statement), agreements.StatementOf(
                id, version, proposal, proposal.ValidFrom ?? Now)));
    }

    // Who is bound cannot be amended out.
    private IReadOnlyList<string> BoundOf(AgreementDraft draft) => draft.IsAmendment
        && agreements.Find(draft.Agreement) is var agreement
            ? [.. agreement.Newest.Terms.Parties.Where(party => agreement.LeavesAt(party) is null)]
            : [MspId];

    private AgreementStatement StatementOf(AgreementDraft draft) => agreements.StatementOf(
        draft.IsAmendment ? draft.Agreement : OwnedName.Of(MspId, draft.Id), draft.Version,
        draft.ToProposal(Now, []), Now);

    private IReadOnlyList<Achievement> Offered(AgreementDraft draft) => draft.Open is not { } open ? [] :
    [
        .. (open.AwardedBy.Count > 0 ? open.AwardedBy : draft.Parties)
            .SelectMany(party => records.ListAchievements(party, after: null, MaxOffered + 1)
                .GroupBy(one => one.Id, StringComparer.Ordinal).Select(all => all.MaxBy(one => one.Version)!))
            .Where(one => one.RetiredAt is null).Take(MaxOffered),
    ];
}
